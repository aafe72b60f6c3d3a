import { stage } from './stage.mts';

/** The editor's page of community nodes asks npm's statistics by itself, whatever is installed. */
const ofTheEditor = /^GET https:\/\/api\.npms\.io\//;

export function confinementTests() {
	test('n8n and all it started tried to reach nobody else', () => {
		expect(stage.n8n.strayContacts()).toEqual([]);
	});

	test('the pages asked nobody else', () => {
		expect(stage.browser.strayRequests.filter((request) => !ofTheEditor.test(request))).toEqual([]);
	});

	test('the pages had no errors', () => {
		expect(stage.browser.pageErrors).toEqual([]);
	});

	test("the browser's own log has no connection to anybody else", async () => {
		expect(await stage.browser.close()).toEqual([]);
	});
}
