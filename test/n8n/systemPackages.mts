/** What comes from the packages of the system: the browser, and the two servers of queue mode. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand, run, SetupError, type Say } from './command.mts';

async function systemPackage(
	commands: string[],
	apt: string,
	why: string,
	say: Say,
	find = () => findCommand(...commands),
) {
	const found = find();
	if (found) return found;
	const byHand = `Install it with: sudo apt-get install --no-install-recommends ${apt}`;
	if (!findCommand('apt-get')) {
		throw new SetupError(
			`${why} needs one of ${commands.join(', ')} in PATH. Install it with your system's package manager.`,
		);
	}
	if (process.getuid?.() !== 0) throw new SetupError(`${why} needs Debian's ${apt}. ${byHand}`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	await run('apt-get', ['update', '-q'], { env, say, what: 'apt-get update', usually: '10 s' });
	await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', apt], {
		env,
		say,
		what: `Installing Debian's ${apt}`,
		usually: 'half one to two minutes',
	});
	const now = find();
	if (!now)
		throw new SetupError(`${apt} is installed, yet none of ${commands.join(', ')} is in PATH.`);
	return now;
}

export async function systemBrowser(say: Say) {
	const chosen = process.env.CHROMIUM_PATH;
	if (chosen) {
		if (!existsSync(chosen))
			throw new SetupError(`CHROMIUM_PATH names ${chosen}, and there is no such file.`);
		return chosen;
	}
	return await systemPackage(
		['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
		'chromium',
		'The browser part',
		say,
	);
}

/** Queue mode's messenger. */
export async function systemRedis(say: Say) {
	return await systemPackage(['redis-server'], 'redis-server', 'Queue mode', say);
}

/** Queue mode's database; Debian keeps the server out of PATH, in a folder for each version. */
export async function systemPostgres(say: Say) {
	const debians = '/usr/lib/postgresql';
	const newest = () =>
		(existsSync(debians) ? readdirSync(debians) : [])
			.sort((one, other) => Number(other) - Number(one))
			.map((version) => join(debians, version, 'bin', 'postgres'))
			.find(existsSync);
	const find = () => newest() ?? findCommand('postgres');
	// Its tools lie beside it, and not beside a link to it.
	return realpathSync(await systemPackage(['postgres'], 'postgresql', 'Queue mode', say, find));
}
