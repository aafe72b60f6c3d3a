/** Fills the cache and says what is there: `npx tsx test/n8n/prepare.mts`. */
import { prepare, SetupError } from './cache.mts';

prepare({ browser: true }).then(
	(runtime) => console.log(runtime),
	(error: unknown) => {
		console.error(error instanceof SetupError ? error.message : error);
		process.exitCode = 1;
	},
);
