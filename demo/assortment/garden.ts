import type { Department } from './department.ts';

export const garden: Department = {
  name: 'Garden',
  naming: 'goods',
  brands: ['Greenwick', 'Rootstock', 'Meadow & Spade', 'Hollyhurst', 'Vertera'],
  qualities: ['Heritage', 'Organic', 'Hardy', 'Galvanised', 'Long-Handled', 'Terracotta', 'Self-Watering', 'Cottage'],
  praises: ['Grows well in half shade.', 'Frost-proof.', 'Kind to bees.', 'With a planting calendar.'],
  season: [0.3, 0.6, 1.6, 2.2, 2.1, 1.5, 1, 0.8, 0.9, 0.7, 0.3, 0.3],
  lines: [
    {
      name: 'Seeds',
      nouns: ['Tomato Seeds', 'Wildflower Mix', 'Herb Seeds', 'Bean Seeds', 'Sunflower Seeds'],
      price: [2, 12],
      tags: ['growing', 'spring'],
    },
    {
      name: 'Pots',
      nouns: ['Planter', 'Window Box', 'Hanging Basket', 'Raised Bed', 'Seed Tray'],
      price: [6, 120],
      tags: ['growing', 'balcony'],
    },
    {
      name: 'Soil',
      nouns: ['Potting Compost', 'Seed Compost', 'Plant Feed', 'Bark Mulch'],
      price: [5, 32],
      tags: ['growing', 'feeding'],
      lastsDays: 35,
    },
    {
      name: 'Hand Tools',
      nouns: ['Trowel', 'Secateurs', 'Hand Fork', 'Garden Knife', 'Dibber'],
      price: [7, 75],
      tags: ['tools', 'pruning'],
    },
    {
      name: 'Watering',
      nouns: ['Watering Can', 'Hose Set', 'Drip Kit', 'Rain Barrel'],
      price: [9, 150],
      tags: ['watering', 'summer'],
    },
    {
      name: 'Barbecue',
      nouns: ['Kettle Grill', 'Fire Bowl', 'Grill Tongs', 'Pizza Stone'],
      price: [14, 420],
      tags: ['grilling', 'summer'],
    },
  ],
};
