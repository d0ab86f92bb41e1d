/// Tables of moves: the only way in which a resource changes its state. See `StateTable`.
package cloud.yun.kernel.state;
