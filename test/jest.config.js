/** @type {import('jest').Config} */
module.exports = {
	rootDir: '..',
	roots: ['<rootDir>/test/suites'],
	testMatch: ['**/*.test.mts'],
	moduleFileExtensions: ['mts', 'js', 'json', 'node'],
	transform: {
		'\\.mts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	globalSetup: '<rootDir>/test/setup/globalSetup.js',
	setupFilesAfterEnv: ['<rootDir>/test/setup/forgetPageSizes.js'],
	testEnvironment: '<rootDir>/test/setup/engineEnvironment.js',
	testSequencer: '<rootDir>/test/setup/sequencer.js',
	// Tests compute more than they wait: each core has its worker.
	maxWorkers: '100%',
	testTimeout: 60_000,
};
