/// Which providers could give what is asked for.
///
/// `FittingProviders` answers for one provider each, in one query: what compute's scheduler needs. Owns no table.
package cloud.yun.placement.candidate;
