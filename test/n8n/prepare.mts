/** Fills the cache, and says what stops it: `npx tsx test/n8n/prepare.mts`. */
import { prepare } from './cache.mts';
import { SetupError } from './command.mts';
import { versions } from './versions.mts';

prepare({ browser: true }).then(
	({ folder }) => console.log(`n8n ${versions.n8n} is in ${folder}`),
	(error: unknown) => {
		console.error(error instanceof SetupError ? error.message : error);
		process.exitCode = 1;
	},
);
