import { packageOf } from '../n8n/instance.mts';
import { goodCredential, stage, teamogyCredential } from './stage.mts';

export function installTests() {
	test("The package goes in through n8n's own installer", async () => {
		const { n8n, tarball } = stage;
		const { name, version } = packageOf(tarball);
		expect(await n8n.installed()).toEqual([]);
		await n8n.install(tarball);
		const [installed, ...others] = await n8n.installed();
		expect(others).toEqual([]);
		expect(installed).toMatchObject({ packageName: name, installedVersion: version });
		expect(installed.installedNodes.map(({ type }) => type)).toContain('n8n-nodes-teamogy.teamogy');
		stage.credential = await n8n.importCredential(teamogyCredential(goodCredential));
	});

	test('The package is what Settings → Community nodes shows', async () => {
		const { n8n, tarball, browser } = stage;
		const { page, picture } = browser;
		const { name, version } = packageOf(tarball);
		await page.goto(`${n8n.url}/settings/community-nodes`);
		// While they load, there are empty ones.
		const card = page.getByTestId('community-package-card').filter({ hasText: name });
		await card.waitFor();
		const text = await card.innerText();
		expect(text).toContain(version);
		expect(text).toContain('Teamogy');
		await picture('community-nodes');
	});
}
