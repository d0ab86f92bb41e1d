/// What must be true across database and hosts at any time. `./yun check` asks every `Invariant`.
package cloud.yun.kernel.check;
