/** Why a database cannot be read any further. Content, not environment; what was read before it counts. */
export class DatabaseDamage extends Error {}
