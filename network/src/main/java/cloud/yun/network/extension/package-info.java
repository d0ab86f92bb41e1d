/// What the API says about itself: versions, extensions, availability zones, service providers, address use.
package cloud.yun.network.extension;
