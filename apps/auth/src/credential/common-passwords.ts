/** Passwords of eight characters or more that head the published lists of leaked ones, in lower case. */
const listed = `
  00000000 000000000 0000000000 01234567 012345678 0123456789 01020304 0987654321 10203040 102030405060 11111111
  111111111 1111111111 11112222 11223344 1122334455 112233445566 12121212 1212121212 12131415 123123123 123123123123
  12312312 123321123 123321123321 12341234 123412341234 1234321234 12344321 123454321 123456123456 12345654321
  1234567654321 12345678 123456780 1234567a 12345678a 123456789 1234567890 12345678900 12345678901 12345678910
  123456789123 123456789a 123456789q 123456789z 1234567891 123456987 1234abcd 1234qwer 123abc123 123qwe123 123qweasd
  123qweasdzxc 123456abc 123456qwerty 12345qwert 12345qwerty 12qwaszx 13131313 13579246 1357924680 135792468 14141414
  142536475869 14725836 147258369 1472583690 147852369 147896325 15151515 159357456 159753456 159357258456 16161616
  1a2b3c4d 1a2b3c4d5e 1q1q1q1q 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz1qaz 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 1qazzaq1
  20002000 20102010 20202020 21212121 22222222 222222222 22223333 23232323 24682468 25252525 25802580 2580258025
  30303030 31313131 31415926 314159265 321321321 32132132 33333333 333333333 36925814 369258147 40404040 44444444
  444444444 456456456 45645645 45454545 4815162342 50505050 54545454 55555555 555555555 55556666 5555555555 65432100
  66666666 666666666 6666666666 69696969 6969696969 741852963 7418529630 74108520 74107410 75395146 753951456 77777777
  777777777 7777777777 78787878 789456123 7894561230 789789789 78945612 80808080 85208520 852456789 87654321 876543210
  88888888 888888888 8888888888 90909090 963852741 963258741 98765432 987654321 9876543210 98989898 987456321 99999999
  999999999 9999999999 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 a1s2d3f4g5 aa123456 aa12345678
  aa123456789 aaaaaaaa aaaaaaaaa aaaaaaaaaa aaaa1111 aaa12345 aaaabbbb abababab abc12345 abc123456 abc123456789
  abc123abc abcabcabc abcd1234 abcd12345 abcd123456 abcd4321 abcde123 abcde12345 abcdef12 abcdef123 abcdefg1 abcdefgh
  abcdefghi abcdefghij abcdefg123 aberdeen abracadabra academia access123 access14 account1 adelaide adgjmptw admin123
  admin1234 admin12345 adminadmin administrator adrianna adventure airborne airplane alejandra alejandro aleksandr
  alessandro alexande alexander alexander1 alexandr alexandra alexandre alexandria alexis12 aliceinwonderland allison1
  amadeus1 amanda12 amateurs america1 american americano amsterdam anderson andrea12 andreas1 angel123 angel1234
  angelica angelina angelito angelo12 anonymous antonio1 apple123 apples123 aquarius archangel argentina arsenal1
  arsenal123 arsenalfc asd123456 asdasd123 asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl asdfghjkl1 asdf12345
  asdqwe123 asdzxc123 asdfqwer asshole1 atlantis austin316 australia awesome1 azerty123 azertyui azertyuiop babyblue
  babyboy1 babydoll babygirl babygirl1 babylon5 babyface backspace badboy123 badminton ballerina ballsack banana123
  bandit12 barbara1 barcelona barcelona1 baseball baseball1 baseball12 basketba basketball basketball1 bastard1
  batman123 battlefield beautiful beautiful1 beckham7 beckham23 benjamin benjamin1 bernardo bestfriend bestfriends
  bigdaddy bigboobs billabong billybob birthday birthday1 bismillah bitchass blackcat blackjack blackman blackrose
  blahblah blessed1 blink182 blizzard blossom1 bluebird blueberry bluesky1 bobmarley bollocks bonjour1 boomboom
  booboo12 bradley1 brandon1 brasil123 braves10 brazil123 brittany brittany1 broncos1 brooklyn brooklyn1 bubba123
  bubbles1 budweiser buddy123 bulldog1 bulldogs bullshit buster12 buttercup butterfly butterfly1 calculator california
  cameron1 camille1 campanita canada123 candy123 captain1 caramelo cardinal caroline carolina cartman1 catalina
  catherine champion champions changeme changeme1 changeme123 changeit charles1 charlie1 charlie123 charlotte cheese12
  cheese123 chelsea1 chelsea123 chelseafc cherokee cherry12 chester1 chicago1 chicken1 chivas10 chocolat chocolate
  chocolate1 chopper1 chris123 christian christian1 christin christina christine christmas christopher cinderella
  clarissa claudia1 clifford cocacola cocacola1 coconut1 colombia colorado columbia computer computer1 computer123
  consuelo control1 contrasena cookie123 cookies1 corvette cosworth counter1 counterstrike courtney cowboys1 cracker1
  creative cristian cristiano cristiano7 cristina crystal1 cthulhu1 daddy123 daddysgirl dallas22 daniel12 daniel123
  daniela1 danielle danielle1 darkangel darklord darkness darkstar daughter davidson dbrnjhbz deadpool december
  december1 deeznuts default1 deftones destiny1 dexter12 diamond1 diamonds dickhead dinosaur direction1 discovery
  disneyland dodgers1 dolphin1 dolphins dominic1 dominique donald12 doraemon download dragon12 dragon123 dragonball
  dragonballz dragonfly dragons1 dreamer1 dreaming drowssap drpepper dumbass1 earnhardt eclipse1 einstein electric
  elephant elephant1 elizabeth elizabeth1 emmanuel eminem12 england1 enterprise enterpri estrella eternity everlast
  everton1 evolution explorer exchange facebook facebook1 facebook123 fairlane falcons1 familia1 family123 fatboy12
  fechatter fechatter1 fechatter123 february fender12 fernanda fernando ferrari1 fireball firebird firefire fireman1
  flamengo florence florida1 flower12 flower123 flowers1 fluffy12 football football1 football12 football123 forever1
  fordf150 fortnite fortune1 francesco francisco franklin freddy123 freedom1 freedom123 fredfred friday13 friend12
  friends1 friendship frogger1 fuckface fuckyou1 fuckyou12 fuckyou123 fuckyou2 fuckoff1 fuckinside fullmoon gabriel1
  gabriela galatasaray gandalf1 gangster garfield genesis1 geronimo gfhjkm123 ghbdtn123 gibson123 gilberto giovanni
  girlfriend gladiator godisgood godislove godzilla goldberg goldfish goodluck goodtime google123 gorgeous gotohell
  graphics greatness green123 greenbay greenday greenday1 guest123 guitar12 guitar123 gunsnroses hahahaha hallo123
  hamburger hamilton hammer12 handball hannah12 hannover happy123 happyday happiness hardcore hardrock harley12
  harley123 harrison harrypotter hawaii50 hellfire hello123 hello1234 hellokitty hellohello hellomoto helloworld
  hercules hernandez hitman47 hollywood homepage honda123 honeybee hongkong hotmail1 hotmail123 hotstuff houston1
  hunter12 hunter123 hurricane iceman12 iloveme1 iloveme2 ilovegod ilovehim ilovejesus ilovemom ilovemyself iloveu12
  iloveyou iloveyou! iloveyou1 iloveyou12 iloveyou123 iloveyou2 iloveyou3 iloveyousomuch immortal infinity inferno1
  infiniti insane12 instagram integra1 internet internet1 inuyasha ireland1 ironman1 isabella isabelle jackass1
  jackson1 jackson5 jackjack jacob123 jamaica1 james007 james123 january1 jasmine1 jasmine12 jason123 jeepster
  jeffrey1 jennifer jennifer1 jeremiah jessica1 jessica12 jesus123 jesus777 jesuschrist jesusislord jesuslove johncena
  johndeere johnny12 johnson1 jonathan jonathan1 jordan12 jordan123 jordan23 josephine joshua12 joshua123 juliette
  junebug1 justdoit justice1 justin12 justin123 justinbieber juventus juventus1 kamikaze kangaroo karolina katerina
  katherine kathleen kawasaki kennwort kimberly kimberly1 kingkong kirsten1 kittycat knickers knight12 labrador
  ladybug1 lakers24 lakers08 lampard8 leonardo letmein1 letmein12 letmein123 letmein2 letmeinnow leverage lfytxrf1
  lightning limewire lincoln1 linkin12 linkinpark liverpoo liverpool liverpool1 liverpoolfc livestrong logitech
  lollipop lollypop lorraine lovehurts loveless lovelove lovelove1 lovelife loveme12 loveme123 loveyou1 loveyou2
  lucky123 lucky777 lucky888 ludacris luisfernando macbeth1 madison1 madonna1 maggie12 magic123 majestic manchest
  manchester manchester1 manutd123 manunited marathon margaret margarita mariana1 marijuana marina12 marines1 marketing
  marlboro marlboro1 marlene1 marshall martha12 martin12 martinez master12 master123 mastermind matrix12 matthew1
  maverick maverick1 maxwell1 mazdarx7 mckenzie megadeth melissa1 memorex1 mercedes mercedes1 mercury1 messenger
  metallic metallica metallica1 mexico12 mexico123 mexico86 michael1 michael12 michael123 michelle michelle1 michigan
  mickey12 mickey123 mickeymouse microsoft midnight midnight1 millenium millwall mindfuck minecraft minecraft1
  minecraft123 miranda1 mississippi mistress mitchell mohammed mollydog money123 moneyman monkey12 monkey123 monkey1234
  monkeys1 monster1 monster123 montana1 montreal moonlight morpheus mortgage motherfucker motocross motorola mountain
  muffin12 muhammad munchkin mustang1 mustang123 mustang69 mustangs mypassword mypass123 myspace1 mystery1 nascar24
  nathan12 nathaniel national naruto12 naruto123 navyseal newcastle newpass1 newpassword newyork1 newyork123 nicholas
  nicholas1 nicole12 nicole123 nightmare nightwing nintendo nintendo64 nirvana1 nissan350z nofear12 nokia123 nokia5800
  nopassword northern nothing1 notebook notredame november novembre november1 nursing1 oblivion october1 oklahoma
  oldschool oliver12 olivia12 onelove1 onepiece openopen opensesame operator orange12 orange123 overlord overwatch
  p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword p@ssword1 p@55w0rd pa$$w0rd pa$$word pa55w0rd pa55word packers1 pakistan
  pakistan1 pakistan123 panasonic panthers parliament paradise paradox1 parola12 parola123 pasaword pass1234 pass12345
  passpass passport passw0rd passw0rd1 passw0rd123 passwerd password password! password!1 password0 password00
  password01 password1 password1! password10 password11 password12 password123 password1234 password12345
  password123456 password13 password2 password21 password22 password3 password321 password4 password5 password6
  password69 password7 password77 password8 password88 password9 password99 password? passwordpassword passwords
  passwort passwort1 patches1 patricia patricia1 patrick1 patriots patriots1 pavilion peanut12 peekaboo penguin1
  pennywise pepsi123 performance peterpan phantom1 philadelphia phillies phoenix1 pikachu1 pineapple pinkfloyd
  pinkpink pistache pitbull1 platinum playboy1 playboy123 player12 playstation playtime pokemon1 pokemon12 pokemon123
  pokerface porsche1 porsche911 portland portugal postgres postgres1 postal22 poohbear poohbear1 popcorn1 potter12
  powerful precious precious1 predator premier1 presario president princesa princess princess1 princess12 princess123
  printing professional promise1 property prosperity protocol prototype pumpkin1 punkrock purple12 purple123 pussycat
  pussy123 q1q1q1q1 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qawsedrf qawsedrftg qaz123456 qazqazqaz qazwsx12 qazwsx123
  qazwsxed qazwsxedc qazwsxedc1 qazwsxedc123 qazxsw21 qazxswedc qq123456 qq123456789 qqqqqqqq qqqqqqqqqq queen123
  qwaszx12 qwe123456 qwe123qwe qwe12345 qweasd123 qweasdzx qweasdzxc qweasdzxc1 qweasdzxc123 qweqweqwe qwer1234
  qwer12345 qwer4321 qwerasdf qwert123 qwert1234 qwert12345 qwertasdfg qwerty00 qwerty01 qwerty09 qwerty11 qwerty12
  qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty1q qwerty321 qwerty77 qwerty78 qwerty789 qwerty99 qwertyqwerty
  qwertyui qwertyuio qwertyuiop qwertyuiop1 qwertyuiop123 qwertz123 qwertzui qwertzuiop raiders1 rainbow1 rainbow123
  raistlin rammstein ranger12 rangers1 raymond1 realmadrid realmadrid1 rebecca1 redsox04 redskins redskins1 regional
  reloaded remember renegade republic resident revolution ricardo1 richard1 rightnow riverside roadkill roadrunner
  robert12 robert123 roberto1 roberta1 rocket123 rockstar rockstar1 rockyou1 rodriguez rolltide romania1 ronaldinho
  ronaldo1 ronaldo7 ronaldo9 roserose rotterdam runescape runescape1 russell1 sabrina1 sacramento sailing1 sakura12
  salvador salvation samantha samantha1 samsung1 samsung12 samsung123 sanchez1 sandiego sanfrancisco santiago sapphire
  saturn12 savannah scarface schalke04 school12 scoobydoo scooby12 scooter1 scorpion scorpio1 scotland scotland1
  seahawks sebastian sebastian1 secret12 secret123 security security1 senha123 september september1 serenity sergio12
  shadow12 shadow123 shannon1 sheffield shithead shitface shopping silver12 simple123 simpsons singapore sithlord
  skateboard skater12 skittles skywalker slayer666 slipknot slipknot1 slipknot666 smackdown smeghead smile123 smokey12
  snickers snowball snowboard snowflake snowman1 softball softball1 softball12 software soldier1 solomon1 something
  sonyericsson soulmate southern southpark southside spartan117 spartans special1 spectrum speedway spencer1 spiderma
  spiderman spiderman1 spongebob spongebob1 sporting squirrel srilanka stalker1 standard stanford starcraft starfish
  stargate stargate1 starlight start123 startrek starwars starwars1 steelers steelers1 stephanie stephanie1 stephen1
  sterling steven12 stingray strawberry student1 studmuffin submarine summer01 summer12 summer123 summer99 summertime
  sundance sunflower sunflower1 sunnyday sunrise1 sunset12 sunshine sunshine1 sunshine12 sunshine123 superman superman1
  superman12 superman123 supernova superstar superstar1 supernatural suzuki12 sweetheart sweetie1 sweetness sweetpea
  sweetpea1 switzerland swordfish sydney12 sylvester system32 tarheels taekwondo talisman tanzania taurus12 taylor12
  teamo123 techno12 technology telephone temp1234 temporary temptation tequiero terminal terminator test1234 test12345
  test123456 testing1 testing123 testpass testtest test1test tester123 texas123 thailand thankyou thebeatles thebest1
  thegame1 thelast1 theresa1 thuglife thunder1 thunderbird tiffany1 tiger123 tigers12 tiger1234 timothy1 tinkerbe
  tinkerbell tinkerbell1 titanic1 tomahawk tomato12 toonarmy tootsie1 tortoise tottenham tottenham1 toyota12 training
  transformers trinidad trinity1 triumph1 trojan12 trombone trouble1 trustme1 trustno1 tttttttt turkey50 turtle12
  tweety12 tweetybird twilight twilight1 twister1 ultimate undertaker underworld unicorns universal university universe
  user1234 username vacation valencia valentin valentina valentine vampire1 vanessa1 vanguard vegeta12 veronica
  veronika victoria victoria1 victory1 viktoria vincent1 violet12 virginia vkontakte volcom12 volkswagen volleyball
  voyager1 vvvvvvvv wachtwoord warcraft warcraft3 warrior1 warriors washington watermelon webmaster welcome! welcome1
  welcome12 welcome123 welcome2 westham1 westside whatever whatever1 whiskey1 whistler wildcats william1 williams
  willow12 wilson12 windows1 windows7 windows10 windows98 winner12 winner123 winston1 winter12 winter123 wolfgang
  wolverine wonderful woodstock wordpass worldcup wrestling wrinkles wutangclan wwwwwwww x1x2x3x4 xbox360x xxxxxxxx
  xxxxxxxxxx yamaha12 yamahar1 yankees1 yankees2 yellow12 yellow123 youtube1 yourmom1 yourname yourself yugioh12
  yyyyyyyy z1x2c3v4 z1x2c3v4b5 zachary1 zaq12wsx zaq1xsw2 zaq1zaq1 zaqwsxcde zaqxswcde zeppelin zerocool zidane10
  zxc12345 zxc123456 zxcasdqwe zxcasdqwe123 zxcv1234 zxcvbnm1 zxcvbnm12 zxcvbnm123 zxcvbnm12345 zxcvbnm, zxcvzxcv
  zxcxzcxz zxczxczxc zzzzzzzz
`;

const common = new Set(listed.trim().split(/\s+/));

/** Whether a password is one that everybody guesses first, in whatever case it is written. */
export function isCommonPassword(password: string): boolean {
  return common.has(password.toLowerCase());
}
