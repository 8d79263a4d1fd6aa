import type { Department } from './department.ts';

export const electronics: Department = {
  name: 'Electronics',
  naming: 'goods',
  brands: ['Auralis', 'Voltane', 'Pixmere', 'Nimbus Audio', 'Kestrel'],
  qualities: ['Wireless', 'Studio', 'Pocket', 'Pro', 'Smart', 'Retro', 'Silent', 'High-Resolution'],
  praises: ['Sets up in minutes.', 'Battery for a long day.', 'Three years of guarantee.', 'Updates itself.'],
  season: [0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 1, 1.1, 1.1, 1.9, 1.8],
  lines: [
    {
      name: 'Headphones',
      nouns: ['Headphones', 'Earbuds', 'Gaming Headset', 'Noise-Cancelling Headphones'],
      price: [19, 420],
      tags: ['audio', 'music'],
    },
    {
      name: 'Turntables',
      nouns: ['Turntable', 'Phono Preamp', 'Belt-Drive Turntable', 'Record Cleaner'],
      price: [35, 780],
      tags: ['audio', 'vinyl'],
    },
    {
      name: 'Speakers',
      nouns: ['Bookshelf Speakers', 'Bluetooth Speaker', 'Soundbar', 'Subwoofer'],
      price: [29, 640],
      tags: ['audio', 'music'],
    },
    {
      name: 'Cameras',
      nouns: ['Mirrorless Camera', 'Action Camera', 'Instant Camera', 'Prime Lens'],
      price: [69, 1450],
      tags: ['photo', 'travel'],
    },
    {
      name: 'Photo Accessories',
      nouns: ['Tripod', 'Memory Card', 'Camera Bag', 'Lens Filter'],
      price: [11, 180],
      tags: ['photo', 'travel'],
    },
    {
      name: 'Smart Home',
      nouns: ['Thermostat', 'Light Strip', 'Door Sensor', 'Plug', 'Hub'],
      price: [12, 230],
      tags: ['home', 'automation'],
    },
  ],
};
