const { join } = require('node:path');
const config = require('./jest.config.js');

/**
 * The engine tests on another n8n-core than the installed one, see compat.mts. N8N_ENGINE names the folder whose
 * node_modules holds it; the harness and the nodes alike get their n8n from there.
 */
const modules = join(process.env.N8N_ENGINE, 'node_modules');

/** Packages of ES modules that an engine requires: Node.js can do that, jest cannot. */
const esModules = '(p-retry|is-network-error)';

/** @type {import('jest').Config} */
module.exports = {
	...config,
	// compat.mts has fetched what the engine needs; a set-up knows nothing of the mapping below.
	globalSetup: undefined,
	// What is about the repository and the sandbox alone is the same whatever the engine.
	testPathIgnorePatterns: [
		'/suites/(checkAccount|sandbox)/',
		'/suites/package/(architecture|demo|descriptions|freshBuild|lock|names|nodeSearch|package|readme|typeDefinition|workflows)\\.test\\.mts$',
	],
	// Jest loads the engine, so that the mapping below holds for all of it.
	testEnvironment: '<rootDir>/test/setup/environment.js',
	moduleNameMapper: { '^(n8n-core|n8n-workflow)$': join(modules, '$1') },
	transform: {
		...config.transform,
		[`/node_modules/${esModules}/`]: [
			'@swc/jest',
			{ jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	transformIgnorePatterns: [`/node_modules/(?!${esModules}/)`],
	// Older engines leave timers behind that hold the process.
	forceExit: true,
};
