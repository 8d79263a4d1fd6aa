import type { Department } from './department.ts';

export const beauty: Department = {
  name: 'Beauty',
  naming: 'goods',
  brands: ['Calendra', 'Maison Iris', 'Saltwater', 'Nordlys', 'Botanist’s Shelf'],
  qualities: ['Gentle', 'Unscented', 'Rose', 'Sea-Salt', 'Overnight', 'Mineral', 'Citrus', 'Repairing'],
  praises: ['Without perfume oils.', 'For sensitive skin.', 'In a refillable bottle.', 'Never tested on animals.'],
  season: [0.9, 1.1, 1, 1, 1.1, 1.1, 1, 0.9, 0.9, 0.9, 1.1, 1.5],
  lines: [
    {
      name: 'Skin Care',
      nouns: ['Day Cream', 'Face Serum', 'Cleansing Balm', 'Eye Cream'],
      price: [9, 88],
      tags: ['skin', 'care'],
      lastsDays: 42,
    },
    {
      name: 'Hair Care',
      nouns: ['Shampoo', 'Conditioner', 'Hair Oil', 'Styling Paste'],
      price: [6, 42],
      tags: ['hair', 'care'],
      lastsDays: 30,
    },
    {
      name: 'Fragrance',
      nouns: ['Eau de Parfum', 'Eau de Toilette', 'Room Spray', 'Scented Candle'],
      price: [18, 160],
      tags: ['scent', 'gift'],
    },
    {
      name: 'Bath',
      nouns: ['Bath Salts', 'Body Wash', 'Hand Soap', 'Body Scrub'],
      price: [5, 34],
      tags: ['bath', 'care'],
      lastsDays: 25,
    },
    {
      name: 'Shaving',
      nouns: ['Safety Razor', 'Shaving Brush', 'Shaving Cream', 'Aftershave'],
      price: [6, 85],
      tags: ['shaving', 'care'],
    },
    {
      name: 'Sun Care',
      nouns: ['Sun Lotion SPF 50', 'Sun Spray', 'After-Sun Gel', 'Lip Balm'],
      price: [5, 36],
      tags: ['skin', 'summer'],
    },
  ],
};
