import { credentialSources, nodeSources } from './fixtureSources.mts';
import { type FixturePackage, writeFixture } from './fixture.mts';
import { type FixtureServer, startFixtureServer } from './fixtureServer.mts';
import { type Engine, startEngine } from './index.mts';

/** The engine with the fixture package, and the server that its credential points to. */
export interface Fixture {
	engine: Engine;
	server: FixtureServer;
}

/** Starts the fixture before the tests of a file and ends it after them. */
export function useFixture(): Fixture {
	const used = {} as Fixture & { fixture: FixturePackage };
	beforeAll(async () => {
		used.fixture = writeFixture(nodeSources, credentialSources);
		used.server = await startFixtureServer();
		const credentials = { fixtureApi: { url: used.server.url, key: ' secret ' } };
		used.engine = await startEngine({ packageDir: used.fixture.dir, credentials });
	});
	afterAll(async () => {
		used.engine?.close();
		used.fixture?.remove();
		await used.server?.close();
	});
	beforeEach(() => {
		used.server.requests.length = 0;
	});
	return used;
}
