// Reads what other producers have packed. kafkajs itself unpacks gzip only. We pack nothing.
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { lz4Decompress, snappyDecompress } from '@platformatic/wasm-utils';
import kafkajs from 'kafkajs';
import { Bug } from '../../../errors.ts';

type Unpack = (packed: Buffer) => Promise<Buffer>;

/** For all of kafkajs in this process. */
export function registerCompressions(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.ZSTD] = codec(promisify(zstdDecompress));
  codecs[types.LZ4] = codec(async (packed) => lz4Decompress(packed));
  codecs[types.Snappy] = codec(async (packed) => unpackSnappy(packed));
}

function codec(decompress: Unpack) {
  const compress = () => Promise.reject(new Bug('Records are not packed.'));
  return () => ({ compress, decompress });
}

/** What Java's clients and brokers write in front: their name, a version and the oldest version that can read it. */
const xerialName = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = xerialName.length + 8;

/** Java's clients cut it into blocks, each with its length in front; others don't. */
function unpackSnappy(packed: Buffer): Buffer {
  if (!packed.subarray(0, xerialName.length).equals(xerialName)) return snappyDecompress(packed);
  const blocks: Buffer[] = [];
  for (let at = xerialHeaderBytes; at < packed.length;) {
    const begin = at + 4;
    at = begin + packed.readInt32BE(at);
    blocks.push(snappyDecompress(packed.subarray(begin, at)));
  }
  return Buffer.concat(blocks);
}
