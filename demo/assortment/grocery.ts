import type { Department } from './department.ts';

export const grocery: Department = {
  name: 'Grocery',
  naming: 'goods',
  brands: ['Molino Verde', 'Harbour Roast', 'Old Mill', 'Sun & Stone', 'Petite Cave'],
  qualities: ['Organic', 'Slow-Roasted', 'Wild', 'Stone-Ground', 'Single-Origin', 'Smoked', 'Family', 'Small-Batch'],
  praises: ['From growers we know.', 'Nothing added.', 'Best within a year.', 'Refill pack.'],
  season: [1, 1, 1, 1, 1, 0.9, 0.9, 0.9, 1, 1, 1.1, 1.3],
  lines: [
    {
      name: 'Coffee',
      nouns: ['Espresso Beans', 'Filter Coffee', 'Decaf Beans', 'Cold Brew'],
      price: [6, 28],
      tags: ['coffee', 'breakfast'],
      lastsDays: 14,
    },
    {
      name: 'Tea',
      nouns: ['Earl Grey', 'Green Tea', 'Rooibos', 'Mint Tea', 'Assam'],
      price: [4, 22],
      tags: ['tea', 'breakfast'],
      lastsDays: 21,
    },
    {
      name: 'Pasta',
      nouns: ['Spaghetti', 'Penne', 'Tagliatelle', 'Orecchiette', 'Lasagne Sheets'],
      price: [2, 9],
      tags: ['cooking', 'pantry'],
      lastsDays: 10,
    },
    {
      name: 'Sauces',
      nouns: ['Tomato Sauce', 'Basil Pesto', 'Arrabbiata', 'Olive Tapenade', 'Chilli Oil'],
      price: [3, 14],
      tags: ['cooking', 'pantry'],
    },
    {
      name: 'Chocolate',
      nouns: ['Dark Chocolate', 'Hazelnut Bar', 'Truffles', 'Drinking Chocolate'],
      price: [3, 32],
      tags: ['sweet', 'gift'],
    },
    {
      name: 'Flour',
      nouns: ['Bread Flour', 'Rye Flour', 'Spelt Flour', 'Dry Yeast'],
      price: [2, 12],
      tags: ['baking', 'pantry'],
      lastsDays: 28,
    },
  ],
};
