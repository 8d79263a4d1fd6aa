import type { Department } from './department.ts';

export const music: Department = {
  name: 'Music',
  naming: 'works',
  brands: ['The Paper Comets', 'Ilse Maran', 'Low Tide Union', 'Quartet Bellini', 'Sable & Finch', 'DJ Halcyon'],
  qualities: ['Midnight', 'Golden', 'Electric', 'Slow', 'Northern', 'Broken', 'Velvet', 'Distant'],
  praises: [
    'Pressed on heavy vinyl.',
    'Remastered from the tapes.',
    'With a booklet of photographs.',
    'Numbered edition.',
  ],
  season: [0.9, 0.9, 0.9, 1.1, 1, 0.9, 0.9, 0.9, 1, 1.1, 1.3, 1.6],
  lines: [
    {
      name: 'Jazz',
      nouns: ['Standards', 'Blue Hour', 'Sessions', 'Brass', 'After Hours', 'Trio'],
      price: [12, 44],
      tags: ['vinyl', 'jazz'],
    },
    {
      name: 'Rock',
      nouns: ['Highways', 'Thunder', 'Echoes', 'Rooftops', 'Static', 'Anthem'],
      price: [11, 39],
      tags: ['vinyl', 'rock'],
    },
    {
      name: 'Classical',
      nouns: ['Nocturnes', 'Symphony', 'Suites', 'Preludes', 'Requiem', 'Serenade'],
      price: [10, 48],
      tags: ['orchestra', 'piano'],
    },
    {
      name: 'Electronic',
      nouns: ['Pulse', 'Circuit', 'Sequences', 'Neon', 'Modular', 'Drift'],
      price: [11, 36],
      tags: ['vinyl', 'club'],
    },
    {
      name: 'Folk',
      nouns: ['Ballads', 'Hearth Songs', 'Fields', 'Harvest', 'Lanterns', 'Reels'],
      price: [10, 34],
      tags: ['acoustic', 'songs'],
    },
    {
      name: 'Soul',
      nouns: ['Fever', 'Sunday', 'Devotion', 'Corner Store', 'Letters', 'Groove'],
      price: [12, 38],
      tags: ['vinyl', 'soul'],
    },
  ],
};
