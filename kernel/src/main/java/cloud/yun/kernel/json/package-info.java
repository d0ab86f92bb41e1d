/// JSON trees and texts (`Json`) and OpenStack's ways to write a time (`Times`).
package cloud.yun.kernel.json;
