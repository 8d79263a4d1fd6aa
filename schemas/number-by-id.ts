// A logical type of ours: an array of records of a string and a number, which in memory is a Map from the one to the other.
//
// An Avro map would do, but avsc reads one into a plain object, and those reorder ids that look like numbers: the bytes would
// then depend on when a value was last decoded.
import avro from 'avsc';

const { LogicalType } = avro.types;
type Pair = Record<string, string | number>;
type PairConstructor = new (id: string, number: number) => Pair;

/** `{ "type": "array", "items": <record of a string and a number>, "logicalType": "number-by-id" }` */
export class NumberById extends LogicalType {
  #fields: readonly [id: string, number: string, Pair: PairConstructor] | undefined;

  protected override _fromValue(pairs: Pair[]): Map<string, number> {
    const [id, number] = this.#pairFields();
    const map = new Map<string, number>();
    for (const pair of pairs) map.set(pair[id] as string, pair[number] as number);
    return map;
  }

  protected override _toValue(map: unknown): Pair[] | undefined {
    if (!(map instanceof Map)) return undefined;
    const [, , Pair] = this.#pairFields();
    const pairs: Pair[] = [];
    for (const [id, number] of map as Map<string, number>) pairs.push(new Pair(id, number));
    return pairs;
  }

  /** How to read what a former version wrote. Throws when its pairs can't become these. */
  protected override _resolve(former: avro.Type): (value: unknown) => Map<string, number> {
    if (former instanceof NumberById) {
      this.underlyingType.createResolver(former.underlyingType);
      return (value) => value as Map<string, number>;
    }
    this.underlyingType.createResolver(former);
    return (value) => this._fromValue(value as Pair[]);
  }

  #pairFields(): readonly [string, string, PairConstructor] {
    if (this.#fields !== undefined) return this.#fields;
    const record = (this.underlyingType as avro.types.ArrayType).itemsType as avro.types.RecordType;
    const [id, number] = record.fields;
    if (record.fields.length !== 2 || id === undefined || number === undefined) {
      throw new Error('number-by-id needs an array of records of two fields');
    }
    return (this.#fields = [id.name, number.name, record.recordConstructor as PairConstructor]);
  }
}
