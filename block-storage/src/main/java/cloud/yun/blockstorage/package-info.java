/// The block-storage room: see its README.
package cloud.yun.blockstorage;
