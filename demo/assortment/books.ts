import type { Department } from './department.ts';

export const books: Department = {
  name: 'Books',
  naming: 'works',
  brands: ['Mira Halloran', 'Edwin Sorbo', 'Lena Quist', 'Tomas Varga', 'Ada Okonjo', 'Piet Winterink'],
  qualities: [
    'The Silent',
    'The Last',
    'A Brief',
    'The Hidden',
    'Notes on the',
    'The Glass',
    'Beyond the',
    'The Second',
  ],
  praises: [
    'Hard to put down.',
    'With maps and notes.',
    'A reader’s favourite.',
    'Signed first edition while they last.',
  ],
  season: [1.1, 1, 0.9, 0.9, 0.9, 0.9, 1.1, 1.1, 0.9, 1, 1.2, 1.7],
  lines: [
    {
      name: 'Crime',
      nouns: ['Witness', 'Harbour', 'Verdict', 'Alibi', 'Inspector', 'Cellar'],
      price: [8, 26],
      tags: ['novel', 'crime'],
    },
    {
      name: 'Science Fiction',
      nouns: ['Orbit', 'Colony', 'Signal', 'Horizon', 'Engine', 'Archive'],
      price: [8, 28],
      tags: ['novel', 'future'],
    },
    {
      name: 'History',
      nouns: ['Empire', 'Treaty', 'Voyage', 'Winter of 1709', 'Silk Road', 'Republic'],
      price: [14, 48],
      tags: ['non-fiction', 'past'],
    },
    {
      name: 'Cookbooks',
      nouns: ['Larder', 'Table', 'Bakery', 'Kitchen Garden', 'Spice Route', 'Supper'],
      price: [16, 52],
      tags: ['cooking', 'recipes'],
    },
    {
      name: 'Travel',
      nouns: ['Coast Path', 'Night Train', 'Island', 'Mountain Hut', 'Border', 'River'],
      price: [11, 38],
      tags: ['travel', 'hiking'],
    },
    {
      name: 'Children',
      nouns: ['Hedgehog', 'Lighthouse', 'Dragon', 'Treehouse', 'Snow Fox', 'Balloon'],
      price: [6, 22],
      tags: ['children', 'family'],
    },
  ],
};
