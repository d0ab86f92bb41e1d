/// The query strings that providers and candidates are asked with: `resources`, `required`, `member_of` ...
///
/// Owns no table.
package cloud.yun.placement.query;
