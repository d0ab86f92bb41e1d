/// How this service's answers look: paths in links, and the cache headers that it sends since 1.15. Owns no table.
package cloud.yun.placement.web;
