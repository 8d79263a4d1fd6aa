// Avro's strings, written faster when they are short and plain, as nearly all of ours are: avsc first counts the bytes of each, which
// costs more than writing them. Texts made of a tenth of all that the stages do.
//
// It uses what avsc does not document: what a type writes to. The version of avsc is pinned, and tests compare the bytes.
import avro from 'avsc';

/** avsc's own: the bytes under way and the place of the next one. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
}

interface Writing {
  _write(this: unknown, tap: Tap, value: unknown): void;
}

/** A length below this takes one byte in front. */
const LENGTH_END = 64;
const ASCII_END = 0x80;

const plain = avro.types.StringType.prototype as unknown as Writing;

class ShortText extends avro.types.StringType {
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string' || !writeShort(tap, value)) plain._write.call(this, tap, value);
  }
}

/** False when it is for avsc to write. Then some bytes past the place may have changed, which it writes over. */
function writeShort(tap: Tap, text: string): boolean {
  const { buf, pos } = tap;
  const { length } = text;
  if (length >= LENGTH_END || pos + 1 + length > buf.length) return false;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ASCII_END) return false;
    buf[pos + 1 + at] = code;
  }
  buf[pos] = 2 * length; // zigzag
  tap.pos = pos + 1 + length;
  return true;
}

/** For avsc's `typeHook`: the type of a plain string; anything else is avsc's. */
export function shortText(schema: avro.Schema): avro.Type | undefined {
  return schema === 'string' ? new ShortText() : undefined;
}
