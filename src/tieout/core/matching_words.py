"""Words that matching reads as equal, or does not read at all: nicknames, abbreviations, noise."""

from __future__ import annotations

__all__ = [
    "CLIENT_WORDS",
    "LEGAL",
    "NICKNAMES",
    "NOISE",
    "PARTICLES",
    "REMARKS",
    "SUFFIXES",
    "TITLE_WORDS",
]

_NICKNAMES = """
abigail abby gail | abraham abe | albert al bert | alejandro alex | alexander alex alec sandy
xander | alexandra alex sandra | alexandria alex | alfred al fred alfie | allison ali allie |
amanda mandy | andrew andy drew | angela angie | anthony tony | antoinette toni | antonio tony |
arthur art | barbara barb babs | bartholomew bart | benjamin ben benny benji | bernadette bernie |
bernard bernie | beverly bev | bradley brad | brandon bran | brenda bren | brian bry | bridget
bridie | calvin cal | cameron cam | caroline carol | carolyn carol carrie lyn | cassandra cass
cassie sandy | catherine cathy cate katie kate kitty cat | charles charlie chuck chas | charlotte
charlie lottie | christina chris tina chrissy | christine chris tina chrissy | christopher chris
kit topher | clifford cliff | clinton clint | cornelius neil | crystal chris | curtis curt |
cynthia cindy | daniel dan danny | danielle dani | david dave davey | deborah deb debbie | debra
deb debbie | delores lola | dennis denny | deshawn shawn | dmitri dima mitya | dominic dom nick |
donald don donnie | donna dee | dorothy dot dottie | douglas doug | edgar ed | edmund ed eddie |
eduardo ed eddie | edward ed eddie ted ned | edwin ed | eleanor ellie nell nora | elena lena |
elizabeth liz beth betty eliza betsy lizzie libby | emily em emmy | emma em | enrique henry rick |
ernest ernie | esther essie | eugene gene | evelyn evie | fernando nando | frances fran | francine
fran | francis frank | francisco frank paco pancho | franklin frank | frederick fred freddy rick |
gabriel gabe | gabriela gaby gabby | gabrielle gabby | geoffrey geoff jeff | george georgie |
gerald gerry jerry | gilbert gil bert | gregory greg | guadalupe lupe | guillermo will memo |
gwendolyn gwen | harold hal harry | harriet hattie | heather heath | henry hank harry | herbert
herb bert | howard howie | ignacio nacho | irene rene | isaac ike | isabel izzy bella | isabella
bella izzy | jacob jake | jacqueline jackie | james jim jimmy jamie | jane janie | janet jan |
jason jay | javier javi | jeffrey jeff | jennifer jen jenny | jeremiah jerry | jeremy jerry |
jerome jerry | jessica jess jessie | jesus chuy | joan joanie | joel joey | john johnny jack |
jonathan jon johnny nathan | jose pepe | joseph joe joey | josephine jo josie | joshua josh | juan
johnny | judith judy | justin jus | katherine kathy kate katie kat kathryn kitty |
kathleen kathy kate katie | kathryn kathy kate katie | keisha kei | kelly kel | kenneth ken kenny
| kevin kev | kimberly kim | kristen kris | kristina kris tina | lawrence larry lars | leonard len
lenny leo | leonardo leo | leticia letty tish | lillian lil lily | linda lindy | lisa liz | louis
lou louie | louise lou | lucille lucy | luis lou | luisa lu | magdalena maggie lena | manuel manny
| marcus marc mark | margaret maggie meg peggy marge margie greta | maria mari | marilyn mary |
marjorie marge | martha marty | martin marty | mary molly polly | matthew matt matty | maurice
maury moe | maxwell max | melanie mel | melissa missy mel | melvin mel | meredith merry | michael
mike mikey mick mickey | michelle shelly | miguel mike | mildred millie | mitchell mitch |
mohammed mo mohamed muhammad mohammad | monica mon moni | nadia nadya | nancy nan | natalie nat |
natasha nat tasha | nathan nate nat | nathaniel nate nat nathan | nicholas nick nico nicky |
nicole nicky nikki | norman norm | oliver ollie | olivia liv livvy | pamela pam | patricia pat
patty tricia trish | patrick pat paddy rick | paul paulie | pauline paula | penelope penny | peter
pete | philip phil pip | phillip phil | phyllis phyl | priscilla cilla | priya pri | rachel rach |
rafael rafa ralph | randall randy | raymond ray | rebecca becky becca | reginald reg reggie |
ricardo rick ricky rico | richard rick rich dick ricky richie | robert rob bob bobby robbie bert |
roberta bobbie | roberto rob beto | roderick rod | rodney rod | roger rog | roland rollie | ronald
ron ronnie | rosa rosie | rosemary rose | russell russ | ruth ruthie | samantha sam | samuel sam
sammy | sandra sandy | sarah sally sadie | sebastian seb | sergio serge | shannon shan | sharon
shari | sheila shel | shirley shirl | solomon sol | sophia sophie | stanley stan | stephanie steph
stephie | stephen steve | steven steve | stewart stu | susan sue susie suzy | suzanne sue suzie |
sylvia syl | tamara tammy | tamika tami mika | teresa terry tess | terrence terry | theodore ted
teddy theo | theresa terry tess | thomas tom tommy | timothy tim timmy | trevor trev | tyrone ty |
valerie val | vanessa nessa | veronica ronnie | victor vic | victoria vicky tori | vincent vince
vinny | virginia ginny | vivian viv | walter walt wally | wendy wen | wesley wes | wilfred will
fred | william bill billy will willie liam | winston win | xavier xavi | yolanda yoli yola |
yvonne vonnie | zachary zach zack
"""


def _groups(text: str) -> dict[str, frozenset[str]]:
    """name -> the names that may stand for it, in both directions; the first of a group is formal."""
    answer: dict[str, set[str]] = {}
    for group in text.split("|"):
        formal, *short = group.split()
        for name in short:
            answer.setdefault(formal, set()).add(name)
            answer.setdefault(name, set()).add(formal)
    return {name: frozenset(others) for name, others in answer.items()}


SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "2", "iii": "3",
            "iv": "4", "2nd": "2", "3rd": "3"}  # fmt: skip
PARTICLES = frozenset(
    [
        "da",
        "de",
        "del",
        "della",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "mac",
        "mc",
        "o",
        "san",
        "st",
        "van",
        "von",
        "bin",
        "al",
        "ter",
    ]
)
NOISE = frozenset(
    ["old", "dup", "duplicate", "inactive", "closed", "void", "zz", "zzz", "donotuse", "obsolete"]
)
# what clerks add to a name that is neither the person nor the title
REMARKS = frozenset(
    [
        "po",
        "remote",
        "onsite",
        "offsite",
        "hybrid",
        "wfh",
        "nights",
        "night",
        "days",
        "day",
        "evening",
        "evenings",
        "weekend",
        "weekends",
        "weekday",
        "shift",
        "shifts",
        "temp",
        "perm",
        "ttp",
        "contract",
        "contractor",
        "direct",
        "new",
        "w",
        "ft",
        "prn",
        "general",
        "misc",
        "hourly",
        "salary",
        "ext",
        "extension",
        "rehire",
        "returning",
        "floater",
        "float",
        "backup",
        "replacement",
        "start",
        "c",
        "job",
        "jo",
        "req",
        "wo",
        "order",
        "assignment",
        "asgmt",
        "attn",
        "co",
        "floor",
        "flr",
        "fl",
        "bldg",
        "building",
        "dock",
        "plant",
        "campus",
        "suite",
        "wing",
        "site",
        "hq",
        "downtown",
        "exempt",
        "nonexempt",
        "th",
        "net",
    ]
)
LEGAL = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "company",
        "lp",
        "llp",
        "pc",
        "plc",
        "pllc",
        "pa",
        "na",
        "lc",
        "gmbh",
        "the",
        "of",
        "and",
        "at",
        "for",
        "a",
        "an",
    ]
)


def _pairs(text: str) -> dict[str, tuple[str, ...]]:
    """short -> the words it stands for, from lines of `short=long words`."""
    return {
        short: tuple(words.split())
        for short, words in (
            each.split("=") for each in text.replace("\n", ";").split(";") if each
        )
    }


CLIENT_WORDS = _pairs(
    "hosp=hospital;med=medical;ctr=center;cntr=center;centre=center;mfg=manufacturing;mgt=management\n"
    "mgmt=management;svc=services;svcs=services;service=services;serv=services;intl=international\n"
    "natl=national;assoc=associates;assocs=associates;assn=association;univ=university;ins=insurance\n"
    "dept=department;bldg=building;cty=county;cnty=county;hlth=health;hlthcare=healthcare;tech=technology\n"
    "technologies=technology;techs=technology;sys=systems;system=systems;grp=group;ind=industries\n"
    "inds=industries;industrial=industries;dist=distribution;distrib=distribution;log=logistics\n"
    "whse=warehouse;whs=warehouse;fab=fabrication;eng=engineering;engr=engineering;const=construction\n"
    "constr=construction;bros=brothers;ent=enterprises;prop=property;props=property;properties=property\n"
    "fin=financial;fed=federal;govt=government;comm=community;schs=schools;sch=schools;school=schools\n"
    "saint=st;street=st;mt=mount;ft=fort;n=north;s=south;e=east;w=west;no=north;so=south;one=1;two=2\n"
    "three=3;four=4;five=5;six=6;seven=7;eight=8;nine=9;ten=10;first=1st;second=2nd;third=3rd\n"
    "pkg=packaging;prods=products;prod=products;equip=equipment;elec=electric;reg=regional\n"
    "rehab=rehabilitation;surg=surgical;lab=laboratory;labs=laboratory;laboratories=laboratory\n"
    "pharm=pharmaceuticals;pharma=pharmaceuticals;solns=solutions;soln=solutions;solution=solutions\n"
    "transp=transportation;trans=transportation;ptr=partners;ptrs=partners;hldgs=holdings;amer=american"
)
TITLE_WORDS = _pairs(
    "rn=registered nurse;lpn=licensed practical nurse;lvn=licensed vocational nurse\n"
    "cna=certified nursing assistant;np=nurse practitioner;pa=physician assistant\n"
    "ma=medical assistant;pt=physical therapist;ot=occupational therapist\n"
    "slp=speech language pathologist;rt=respiratory therapist;icu=intensive care unit\n"
    "er=emergency room;or=operating room;crna=nurse anesthetist;ap=accounts payable\n"
    "ar=accounts receivable;acct=accountant;acctg=accounting;acctnt=accountant;hr=human resources\n"
    "csr=customer service representative;rep=representative;qa=quality assurance;qc=quality control\n"
    "inspector=inspector;pm=project manager;ba=business analyst;bsa=business systems analyst\n"
    "dba=database administrator;sysadmin=systems administrator;swe=software engineer\n"
    "sde=software development engineer;dev=developer;devops=devops;eng=engineer;engr=engineer\n"
    "engineering=engineer;mgr=manager;mngr=manager;supv=supervisor;supvr=supervisor;asst=assistant\n"
    "admin=administrative;adm=administrative;administrator=administrative;exec=executive;sr=senior\n"
    "snr=senior;jr=junior;jnr=junior;maint=maintenance;elec=electrician;electr=electrician\n"
    "electrical=electrician;mech=mechanic;mechanical=mechanic;tech=technician;techn=technician\n"
    "oper=operator;op=operator;opr=operator;fl=forklift;whse=warehouse;whs=warehouse;wh=warehouse\n"
    "assoc=associate;prod=production;mfg=manufacturing;cnc=cnc;mach=machinist;machine=machinist\n"
    "phleb=phlebotomist;resp=respiratory;therap=therapist;ther=therapist;med=medical;surg=surgical\n"
    "recep=receptionist;recept=receptionist;proc=processor;spec=specialist;coord=coordinator\n"
    "dir=director;vp=vice president;cfo=chief financial officer;bk=bookkeeper;bkpr=bookkeeper\n"
    "analyst=analyst;anlst=analyst;sw=software;hw=hardware;net=network;sec=security;dist=distribution\n"
    "cust=customer;svc=service;gen=general;lab=laborer;temp=temporary;pharm=pharmacist;tele=telemetry\n"
    "ld=labor delivery;nicu=neonatal intensive care unit;ed=emergency department;ortho=orthopedic\n"
    "peds=pediatric;psych=psychiatric;rad=radiology;xray=radiology;sup=supervisor;super=supervisor;mat=material\n"
    "hndlr=handler;pkr=packer;weld=welder;asm=assembler;assy=assembler;insp=inspector;drv=driver;sfdc=salesforce"
)
NICKNAMES = _groups(_NICKNAMES)
