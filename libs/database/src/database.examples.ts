import { examples } from './example.js';

export const databaseExamples = examples<object>('SELECT 1 AS one', {
  'database.connection_limit': { params: () => [null], buffers: 20, cold: 'once at a start' },
  'database.durability': { params: () => [], buffers: 0 },
  'database.ping': { params: () => [], buffers: 0 },
});
