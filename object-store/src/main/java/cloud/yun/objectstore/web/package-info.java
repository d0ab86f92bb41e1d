/// Containers as web sites (`StaticWeb`), and browsers' rules of who may ask (`Cors`).
package cloud.yun.objectstore.web;
