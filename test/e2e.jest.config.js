const { rootDir, moduleFileExtensions, transform } = require('./jest.config.js');

/** `npm run test:e2e`: the packed package in the real n8n and a real browser. One n8n for all tests, so one worker. */
/** @type {import('jest').Config} */
module.exports = {
	rootDir,
	roots: ['<rootDir>/test/e2e'],
	testMatch: ['**/*.e2e.mts'],
	moduleFileExtensions,
	transform,
	testEnvironment: 'node',
	maxWorkers: 1,
	testTimeout: 240_000,
	verbose: true,
};
