/// oslo.config's INI: sections, options, defaults. An unknown key is refused with the nearest name. See `Config`.
package cloud.yun.kernel.config;
