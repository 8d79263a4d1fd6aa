import type { Department } from './department.ts';

export const toys: Department = {
  name: 'Toys',
  naming: 'goods',
  brands: ['Kinderwerk', 'Puzzlewood', 'Little Acorn', 'Brickadoo', 'Owl & Anchor'],
  qualities: ['Wooden', 'Junior', 'Giant', 'Magnetic', 'Travel', 'Deluxe', 'First', 'Glow-in-the-Dark'],
  praises: ['Made of certified wood.', 'Plays well in pairs.', 'Survives small hands.', 'Winner of a parents’ vote.'],
  season: [0.6, 0.7, 0.8, 1, 0.8, 0.8, 0.9, 0.8, 0.8, 1, 1.9, 2.6],
  lines: [
    {
      name: 'Puzzles',
      nouns: ['Puzzle 500', 'Puzzle 1000', 'Map Puzzle', 'Cube Puzzle'],
      price: [7, 44],
      tags: ['family', 'quiet'],
    },
    {
      name: 'Board Games',
      nouns: ['Strategy Game', 'Card Game', 'Dice Game', 'Family Game'],
      price: [9, 64],
      tags: ['family', 'evening'],
    },
    {
      name: 'Building',
      nouns: ['Marble Run', 'Brick Set', 'Train Set', 'Crane Kit'],
      price: [14, 160],
      tags: ['children', 'building'],
    },
    { name: 'Soft Toys', nouns: ['Bear', 'Rabbit', 'Whale', 'Fox'], price: [9, 48], tags: ['children', 'cuddly'] },
    {
      name: 'Crafts',
      nouns: ['Paint Set', 'Modelling Clay', 'Bead Kit', 'Weaving Loom'],
      price: [6, 52],
      tags: ['children', 'making'],
      lastsDays: 45,
    },
    {
      name: 'Outdoor Play',
      nouns: ['Kite', 'Balance Bike', 'Sand Set', 'Frisbee'],
      price: [6, 140],
      tags: ['children', 'summer'],
    },
  ],
};
