const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

/** The storages that were used since the suite began. */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
	storages.add(this);
	return run.apply(this, args);
};

/**
 * Jest's environment for Node.js, which ends the storages of a suite with it. Jest enables one for each suite and
 * leaves it so; below Node.js 24 every promise of the later suites of the worker pays for each of them.
 */
module.exports = class extends TestEnvironment {
	async teardown() {
		await super.teardown();
		for (const storage of storages) storage.disable();
		storages.clear();
	}
};
