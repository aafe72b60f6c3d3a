const { rootDir, moduleFileExtensions, transform } = require('./jest.config.js');

/** `npm run test:scale`: the packed package in the real n8n in queue mode, see docs/scale.md. */
/** @type {import('jest').Config} */
module.exports = {
	rootDir,
	roots: ['<rootDir>/test/scale'],
	testMatch: ['**/*.scale.mts'],
	moduleFileExtensions,
	transform,
	testEnvironment: 'node',
	maxWorkers: 1,
	testTimeout: 20 * 60_000,
	verbose: true,
};
