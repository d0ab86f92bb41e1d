/// What a signature opens without a token: temporary URLs and forms.
///
/// The keys are metadata of the account or of the container, at most two of each.
package cloud.yun.objectstore.temporary;
