import { createRequire } from 'node:module';

interface Outside {
	require: NodeJS.Require;
	global: typeof globalThis;
}

/**
 * Where n8n's engine and the built package run. In jest that is outside of the suite's own context, see
 * `test/setup/engineEnvironment.js`. Scripts, and suites on other engines, have one context for all.
 */
const outside = (globalThis as { outsideJest?: Outside }).outsideJest ?? {
	require: createRequire(import.meta.url),
	global: globalThis,
};

/** The engine's global object: its `process.env`, its `Date`, its classes of errors. */
export const engineGlobal = outside.global;

/** Loads modules as n8n's engine does, from the folder of this package or that of another file. */
export const load = outside.require;
export const loadFrom = (file: string): NodeJS.Require =>
	(load('node:module') as { createRequire: typeof createRequire }).createRequire(file);
