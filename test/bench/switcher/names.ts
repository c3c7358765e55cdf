const given =
  `aaron abigail adrian agnes alexander alice amanda anastasia andrew angela anthony barbara beatrice benjamin
  bernard brian camille carlos caroline catherine charlotte christian christopher claudia daniel david deborah dominic
  dorothy edward eleanor elizabeth emily emma eric esther felix florence francesca frederick gabriel george gloria grace
  gregory hannah harold heather helena henry ingrid isabella jacob james jasmine jennifer jeremy jessica johanna jonathan
  joseph julia katherine kenneth laura lawrence leonard lillian louise lucas magdalena margaret maria martin matthew
  melissa michael miriam monica natalie nathaniel nicholas olivia patricia patrick penelope philip rachel raymond rebecca
  richard samantha samuel sebastian sophia stephanie theodore theresa valentina veronica victoria vincent`.split(/\s+/);

const family = `abbott ackerman andersen armstrong bailey baumann bennett bergström blackwell bradford calloway campbell
  carpenter castillo chandler christensen collins crawford cunningham delgado donovan douglas eriksson espinoza everett
  ferguson fernandez fischer fleming freeman gallagher garrison goldberg gonzalez greenwood gustafsson hamilton harrison
  hawkins henderson hoffmann holloway hutchinson ishikawa jablonski jankowski jeffries johansson kaufman kensington
  kowalski kristensen lambert larsson leclerc lindqvist livingston lombardi macdonald marchetti mcallister mendoza
  middleton montgomery morrison nakamura newman nielsen obrien okonkwo oliveira palmer papadopoulos pedersen pemberton
  petrov quigley ramirez reynolds richardson robertson rosenberg rutherford santiago schneider sheridan sorensen
  stevenson sullivan takahashi thompson underwood vasquez villanueva wagner wallace washington whitfield yamamoto
  zimmermann`.split(/\s+/);

const about = `accounts alerts analytics announcements backend billing books budget campaigns compliance customers data
  deployments design docs events feedback finance frontend growth hiring incidents infrastructure integrations
  interviews kubernetes launches legal logistics marketing metrics migration mobile newsletter observability office
  onboarding operations partners payments performance planning platform postmortems pricing product quality random
  recruiting releases research reviews roadmap sales security standup strategy support testing training travel`.split(
  /\s+/,
);
const teams = `alpha apollo atlas berlin bravo chicago delta dublin echo europe gemini global helsinki hydra juno lisbon
  london madrid mercury neptune nordic orion oslo pacific paris phoenix pluto saturn sierra stockholm tokyo toronto
  vienna warsaw`.split(/\s+/);

/** The user name of a number: each pair of names comes once before numbers are added. */
export function userName(number: number): string {
  const pairs = given.length * family.length;
  const nth = Math.floor(number / pairs);
  const pair = (number * 7_919) % pairs;
  const name = `${given[pair % given.length]}.${family[Math.floor(pair / given.length)]}`;
  return nth === 0 ? name : `${name}${nth + 1}`;
}

/** The name of a channel of a number, in the same way. */
export function channelName(number: number): string {
  const pairs = about.length * teams.length;
  const nth = Math.floor(number / pairs);
  const pair = (number * 7_919) % pairs;
  const name = `${about[pair % about.length]}-${teams[Math.floor(pair / about.length)]}`;
  return nth === 0 ? name : `${name}-${nth + 1}`;
}
