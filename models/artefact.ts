// How a trained model lies in a file: what it says of itself as JSON, then its typed arrays, to be used where they stand.
//
//   0 "FRESHMDL"   8 u32 format   12 u32 bytes of the JSON   16 JSON   then, each on a multiple of 8, the arrays. All little-endian.

/** Raised whenever an older program would misread a newer file, or the other way round. */
export const ARTEFACT_FORMAT = 1;

export type ArtefactArray = Int32Array | Float32Array | Float64Array;

export interface Artefact {
  readonly about: unknown;
  readonly arrays: Readonly<Record<string, ArtefactArray>>;
}

/** The bytes are no artefact that this program can use. Verdict: keep the model that is there. */
export class ArtefactRefused extends Error {
  readonly kind = 'ArtefactRefused';
  readonly reason: 'missing' | 'foreign' | 'format' | 'torn';

  constructor(reason: ArtefactRefused['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

const MAGIC = 'FRESHMDL';
const HEADER_BYTES = 16;
const kinds = { i32: Int32Array, f32: Float32Array, f64: Float64Array } as const;

interface Place {
  readonly kind: keyof typeof kinds;
  readonly offset: number;
  readonly length: number;
}

interface Directory {
  readonly about: unknown;
  /** Offsets count from the end of the JSON's padding. */
  readonly arrays: Readonly<Record<string, Place>>;
}

export function packArtefact({ about, arrays }: Artefact): Uint8Array<ArrayBuffer> {
  let end = 0;
  const places = Object.entries(arrays).map(([name, array]) => {
    const place: Place = { kind: kindOf(array), offset: end, length: array.length };
    end = aligned(end + array.byteLength);
    return [name, place] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify({ about, arrays: Object.fromEntries(places) }));
  const begin = aligned(HEADER_BYTES + json.length);
  const bytes = new Uint8Array(begin + end);
  new TextEncoder().encodeInto(MAGIC, bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, ARTEFACT_FORMAT, true);
  view.setUint32(12, json.length, true);
  bytes.set(json, HEADER_BYTES);
  for (const [name, { offset }] of places) {
    const array = arrays[name] as ArtefactArray;
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), begin + offset);
  }
  return bytes;
}

/**
 * The arrays are views of `bytes` where those are aligned, else copies. What the arrays mean is for the caller to check.
 *
 * @throws ArtefactRefused
 */
export function unpackArtefact(bytes: Uint8Array): Artefact {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== MAGIC)
    throw new ArtefactRefused('foreign', 'it does not begin as a model of Freshet does');
  const format = view.getUint32(8, true);
  if (format !== ARTEFACT_FORMAT)
    throw new ArtefactRefused('format', `its format is ${format}; this program knows ${ARTEFACT_FORMAT}`);
  const jsonEnd = HEADER_BYTES + view.getUint32(12, true);
  if (jsonEnd > bytes.length) throw new ArtefactRefused('torn', 'it ends within its directory');
  const { about, arrays } = directoryIn(bytes.subarray(HEADER_BYTES, jsonEnd));
  const body = bytes.subarray(Math.min(bytes.length, aligned(jsonEnd)));
  return {
    about,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, place]) => [name, arrayAt(body, name, place)])),
  };
}

function directoryIn(json: Uint8Array): Directory {
  try {
    return JSON.parse(new TextDecoder().decode(json)) as Directory;
  } catch {
    throw new ArtefactRefused('torn', 'its directory is no JSON');
  }
}

function arrayAt(body: Uint8Array, name: string, { kind, offset, length }: Place): ArtefactArray {
  const type = kinds[kind];
  const end = offset + length * type.BYTES_PER_ELEMENT;
  if (!(offset >= 0 && length >= 0 && end <= body.length))
    throw new ArtefactRefused('torn', `it ends before its array ${name} does`);
  const at = body.byteOffset + offset;
  if (at % type.BYTES_PER_ELEMENT === 0) return new type(body.buffer as ArrayBuffer, at, length);
  return new type(body.slice(offset, end).buffer, 0, length);
}

function kindOf(array: ArtefactArray): Place['kind'] {
  if (array instanceof Int32Array) return 'i32';
  return array instanceof Float32Array ? 'f32' : 'f64';
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
