/// What all of Swift's resources share: limits, times, header texts, listings, ranges, conditions.
package cloud.yun.objectstore.base;
