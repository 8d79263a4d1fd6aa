// `freshet keys revoke`: from then on nobody comes in with that key.
import { changeKeyFile, type StoredKey } from '../../gateway/keys/key-file.ts';
import { Misused, NotFound, type Arguments } from '../command.ts';
import { keyFileOf, say } from '../keys/stored-keys.ts';

export function run(args: Arguments): Promise<number> {
  const [wanted = ''] = args.positionals;
  let revoked: StoredKey | undefined;
  changeKeyFile(keyFileOf(args), (keys) => {
    revoked = theOne(keys, wanted);
    return keys.filter((key) => key !== revoked);
  });
  const text = `Key ${revoked?.id} (${revoked?.name}) is revoked. A running server refuses it within a second.`;
  return say(args, { revoked: revoked?.id }, text);
}

/** By id, or by a name that only one key has. */
function theOne(keys: readonly StoredKey[], wanted: string): StoredKey {
  const byId = keys.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId;
  const [byName, ...others] = keys.filter(({ name }) => name === wanted);
  if (byName === undefined)
    throw new NotFound(`There is no key ${wanted}. freshet keys list shows those that there are.`);
  if (others.length === 0) return byName;
  const ids = [byName, ...others].map(({ id }) => id).join(', ');
  throw new Misused(`Several keys are named ${wanted}: name one by its id, ${ids}.`);
}
