// What bash, zsh and fish offer, by asking them; and that nothing of the commands is missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftOut } from '../../test/left-out.ts';
import { hasCommand } from '../../test/servers/program.ts';
import { commands } from '../commands.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { optionsOf } from './words.ts';
import { zshScript } from './zsh.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-completion-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'freshet.bash'), bashScript(commands));
writeFileSync(join(folder, 'freshet.zsh'), zshScript(commands));
writeFileSync(join(folder, 'freshet.fish'), fishScript(commands));
writeFileSync(join(folder, 'my orders.csv'), '');

/** What bash offers for the last word of the line. */
function offered(...words: string[]): string[] {
  const program =
    'source freshet.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _freshet; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', 'freshet', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash: commands, the second word of those that have one, and what may follow', () => {
  assert.deepEqual(offered('st'), ['start', 'status']);
  assert.deepEqual(offered('help', 'topol'), ['topology']);
  assert.deepEqual(offered('dead-letters', ''), ['list', 'show']);
  assert.deepEqual(offered('dead-letters', 'list', '--li'), ['--limit']);
  assert.deepEqual(offered('completion', ''), ['bash', 'zsh', 'fish', '--help']);
});

test('bash: values of options, files where files are wanted, nothing where nobody can know', () => {
  assert.deepEqual(offered('topology', '--format', 'm'), ['mermaid']);
  assert.deepEqual(offered('import', 'my'), ['my orders.csv']);
  assert.deepEqual(offered('import', '-m', 'my'), ['my orders.csv']);
  assert.deepEqual(offered('import', 'a.csv', '--map'), ['--mapping']);
  assert.deepEqual(offered('status', '--key', ''), []);
});

const askZsh = fileURLToPath(new URL('testing/offered.zsh', import.meta.url));
const shells: Readonly<Record<string, (line: string) => readonly string[]>> = {
  zsh: (line) => ['-f', askZsh, line, 'freshet.zsh'],
  fish: (line) => ['--no-config', '-c', `source freshet.fish; complete -C "${line}"`],
};

for (const [shell, programOf] of Object.entries(shells)) {
  test(`${shell} offers commands, options, their values and files`, () => {
    if (!hasCommand(shell)) return leftOut(`${shell} is not there: what it completes was not asked`);
    const offers = (line: string) => {
      const { stdout, stderr } = spawnSync(shell, programOf(line), { cwd: folder, encoding: 'utf8', timeout: 60_000 });
      assert.equal(stderr, '');
      return stdout
        .split('\n')
        .flatMap((each) => each.split('\t')[0] || [])
        .sort();
    };
    assert.deepEqual(offers('freshet st'), ['start', 'status']);
    assert.deepEqual(offers('freshet help topol'), ['topology']);
    assert.deepEqual(offers('freshet dead-letters '), ['list', 'show']);
    assert.deepEqual(offers('freshet dead-letters list --li'), ['--limit']);
    assert.deepEqual(offers('freshet topology --format m'), ['mermaid']);
    assert.deepEqual(
      offers('freshet import my').map((name) => name.replaceAll('\\', '')),
      ['my orders.csv'],
    );
  });
}

for (const [shell, script] of [
  ['zsh', zshScript(commands)],
  ['fish', fishScript(commands)],
] as const) {
  test(`${shell}: every command and each of its options is there`, () => {
    for (const command of commands) {
      const lines = script.split('\n').filter((line) => command.name.split(' ').every((word) => line.includes(word)));
      for (const [name] of optionsOf(command)) {
        const option = shell === 'zsh' ? `'--${name}[` : ` -l ${name} `;
        assert.ok(
          lines.some((line) => line.includes(option)),
          `${command.name} --${name}`,
        );
      }
    }
  });
}
