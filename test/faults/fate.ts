/** What happens to an event on its way to whoever listens. */
export type Fate = 'arrives' | 'lost' | 'twice' | 'late';
