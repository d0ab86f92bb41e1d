/// What the service says about itself: `/info`, `/healthcheck`, `/crossdomain.xml`.
package cloud.yun.objectstore.info;
