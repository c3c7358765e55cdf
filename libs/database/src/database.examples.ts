import { examples } from './example.js';

export const databaseExamples = examples<object>('SELECT 1 AS one', {
  'database.durability': { params: () => [], buffers: 0 },
  'database.ping': { params: () => [], buffers: 0 },
});
