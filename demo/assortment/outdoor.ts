import type { Department } from './department.ts';

export const outdoor: Department = {
  name: 'Outdoor',
  naming: 'goods',
  brands: ['Northfell', 'Tarnhow', 'Cairnside', 'Ridgewell', 'Stormlee'],
  qualities: ['Ultralight', 'All-Season', 'Compact', 'Expedition', 'Trail', 'Alpine', 'Rugged', 'Featherweight'],
  praises: [
    'Packs down small.',
    'Made for wet weekends.',
    'Tested on long ridges.',
    'Repairable, with spares in stock.',
  ],
  season: [0.5, 0.6, 0.9, 1.2, 1.6, 1.8, 1.7, 1.4, 1, 0.7, 0.5, 0.6],
  lines: [
    {
      name: 'Tents',
      nouns: ['Two-Person Tent', 'Dome Tent', 'Tunnel Tent', 'Tarp Shelter', 'Family Tent'],
      price: [79, 620],
      tags: ['camping', 'shelter'],
    },
    {
      name: 'Sleeping Bags',
      nouns: ['Down Sleeping Bag', 'Mummy Sleeping Bag', 'Summer Sleeping Bag', 'Quilt'],
      price: [39, 340],
      tags: ['camping', 'sleep'],
    },
    {
      name: 'Camp Kitchen',
      nouns: ['Gas Stove', 'Camping Cookset', 'Titanium Mug', 'Spirit Burner', 'Folding Table'],
      price: [12, 140],
      tags: ['camping', 'cooking'],
    },
    {
      name: 'Backpacks',
      nouns: ['Daypack', 'Trekking Backpack', 'Hip Pack', 'Roll-Top Backpack'],
      price: [29, 290],
      tags: ['hiking', 'travel'],
    },
    {
      name: 'Hiking Shoes',
      nouns: ['Hiking Boots', 'Trail Runners', 'Approach Shoes', 'Winter Boots'],
      price: [59, 260],
      tags: ['hiking', 'footwear'],
    },
    {
      name: 'Lamps',
      nouns: ['Headlamp', 'Camp Lantern', 'Torch', 'Solar Lamp'],
      price: [9, 95],
      tags: ['camping', 'light'],
    },
  ],
};
