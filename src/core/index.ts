/** Values without I/O that every other room speaks in. */
export * from './audit-error.ts';
export * from './digest.ts';
export * from './entry-path.ts';
export * from './format.ts';
export * from './gap.ts';
export * from './limits.ts';
export * from './plain-bytes.ts';
export * from './platform.ts';
export * from './printable.ts';
export * from './reference.ts';
export * from './secret-text.ts';
export * from './severity.ts';
export * from './strict-json.ts';
