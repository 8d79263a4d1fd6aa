import type { Department } from './department.ts';

export const home: Department = {
  name: 'Home',
  naming: 'goods',
  brands: ['Lindmark', 'Softhaven', 'Plain Linen Co', 'Atelier Grau', 'Norrby'],
  qualities: ['Linen', 'Oak', 'Woven', 'Minimal', 'Round', 'Quilted', 'Handmade', 'Washed'],
  praises: ['Softens with every wash.', 'Ships flat.', 'Fits small rooms.', 'Dyed without chrome.'],
  season: [1.2, 1, 0.9, 0.9, 0.9, 0.8, 0.8, 0.9, 1.1, 1.2, 1.2, 1.1],
  lines: [
    {
      name: 'Bedding',
      nouns: ['Duvet Cover', 'Pillowcase Pair', 'Fitted Sheet', 'Bedspread'],
      price: [18, 190],
      tags: ['bedroom', 'sleep'],
    },
    {
      name: 'Lighting',
      nouns: ['Floor Lamp', 'Desk Lamp', 'Pendant Lamp', 'Bedside Lamp'],
      price: [22, 320],
      tags: ['light', 'evening'],
    },
    {
      name: 'Desks',
      nouns: ['Writing Desk', 'Standing Desk', 'Monitor Stand', 'Desk Shelf'],
      price: [29, 640],
      tags: ['office', 'work'],
    },
    {
      name: 'Stationery',
      nouns: ['Notebook', 'Fountain Pen', 'Ink Bottle', 'Planner'],
      price: [4, 95],
      tags: ['office', 'writing'],
    },
    { name: 'Rugs', nouns: ['Wool Rug', 'Runner', 'Bath Mat', 'Jute Rug'], price: [16, 480], tags: ['floor', 'warm'] },
    {
      name: 'Storage',
      nouns: ['Basket', 'Shelf Unit', 'Clothes Rail', 'Box Set'],
      price: [9, 260],
      tags: ['order', 'shelves'],
    },
  ],
};
