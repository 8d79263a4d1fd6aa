import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsOf } from './words.ts';

test('words of one kind are one word, in English and Portuguese', () => {
  const alike = [
    ['lamp', 'lamps', 'Lamp,'],
    ['box', 'boxes'],
    ['shoe', 'shoes'],
    ['berry', 'berries'],
    ['flor', 'flores'],
    ['vermelho', 'vermelha', 'VERMELHAS'],
    ['cartão', 'cartões'],
    ['jornal', 'jornais'],
    ['café', 'cafés', 'cafe'],
    ['movie', 'Movies'],
    ['button', 'buttons'],
    ['store', 'stores'],
    ['watch', 'watches'],
    ['dress', 'dresses'],
    ['film', 'films'],
    ['botão', 'botões'],
    ['pão', 'PÃES'],
    ['papel', 'papéis'],
    ['lençol', 'lençóis'],
    ['animal', 'animais'],
    ['jovem', 'jovens'],
    ['luz', 'luzes'],
    ['camisa', 'camisas'],
  ];
  for (const words of alike) assert.equal(new Set(words.flatMap(wordsOf)).size, 1, words.join());
});

test('different things stay apart, and what says nothing is left out', () => {
  assert.equal(new Set(['glass', 'bus', 'pan', 'pot', 'pasta'].flatMap(wordsOf)).size, 5);
  assert.deepEqual(wordsOf('The lamp of the desk e a mesa do quarto'), ['lamp', 'desk', 'mes', 'quart']);
  assert.deepEqual(wordsOf('Cadeira de praia para as crianças dos 1990s'), ['cadeir', 'prai', 'crianc', '1990s']);
  assert.deepEqual(wordsOf('Part 2, part x'), ['part', '2', 'part']);
  assert.deepEqual(wordsOf(`x ${'y'.repeat(50)} — !`), []);
});
