/// Qualities of providers: the standard ones of os-traits and `CUSTOM_` ones.
///
/// Start reading at `TraitStore`. Owns the table `trait`.
package cloud.yun.placement.trait;
