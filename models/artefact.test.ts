import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ARTEFACT_FORMAT, ArtefactRefused, packArtefact, unpackArtefact } from './artefact.ts';

const sample = {
  about: { version: 'v1', items: ['ä', 'b'] },
  arrays: {
    whole: Int32Array.of(1, -2, 3),
    single: Float32Array.of(0.5),
    double: Float64Array.of(Math.PI, 2),
    empty: new Int32Array(0),
  },
};

describe('an artefact', () => {
  it('is read as it was packed, wherever it lies in memory', () => {
    const bytes = packArtefact(sample);
    for (const shift of [0, 1, 4]) {
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      assert.deepEqual(unpackArtefact(moved), sample);
    }
  });

  it('is refused when something else is in the file, or another format', () => {
    const bytes = packArtefact(sample);
    assert.throws(() => unpackArtefact(new TextEncoder().encode('{"model": true, "version": 3}')), {
      reason: 'foreign',
    });
    const newer = bytes.slice();
    new DataView(newer.buffer).setUint32(8, ARTEFACT_FORMAT + 1, true);
    assert.throws(() => unpackArtefact(newer), { reason: 'format' });
  });

  it('is refused wherever it is torn', () => {
    const bytes = packArtefact({ ...sample, arrays: { whole: sample.arrays.whole, double: sample.arrays.double } });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        assert.throws(() => unpackArtefact(bytes.subarray(0, length)), ArtefactRefused);
      }),
    );
  });
});
