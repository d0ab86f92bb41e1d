/// Resource providers: hosts and their parts, in trees, with the aggregates they belong to and the traits they
/// have.
///
/// Start reading at `ProviderService`. Owns the tables `resource_provider`, `provider_trait` and
/// `provider_aggregate`. A provider's generation grows with every change of what it offers or gives away.
package cloud.yun.placement.provider;
