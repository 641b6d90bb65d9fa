"""Names, firms and titles of the fourth family, which is held out; nothing is shared with others."""

from __future__ import annotations

# culture: given names (formal/what others call them), family names
PEOPLE = {
    "plain": (
        """Harvey/Harv Clyde Opal Wilma/Willa Duane Lorraine/Lori Merle Darlene/Darla Vernon/Vern Gladys
        Marvin/Marv Delbert/Del Norma Leroy/Roy Eunice Floyd Arlene Wendell Maxine/Max Elmer Rosalind/Roz
        Clarence Beatrice/Bea Rudolph/Rudy Geraldine/Geri Bernadine/Bernie Lloyd Phoebe Desmond/Des
        Tabitha/Tabby Trent Bridgette Lamar Shelby Preston Kendra Mitchell/Mitch Paige Quentin Rhonda
        Jo_Ann Billie_Jean Mary_Beth Lee_Roy""",
        """Abernathy Ackerman Bascom Birdsong Crabtree Dinsmore Eberhardt Farnsworth Goodnight Hazelwood
        Ketchum Lovelace Mayhew Nighswonger Oglesby Pennypacker Quackenbush Ridenour Saltzman Threadgill
        Umstead Vanover Westbrook Yoakum Zumwalt Grubb Grubbs Stroud Stroup Hoover Hooper Lantz Lentz
        Beckman Beckmann Meeks Weeks Dorsey Dorset Pruett Prewitt Tharp Thorp""",
    ),
    "latino": (
        """Guillermo/Memo Ignacio/Nacho Refugio/Cuca Graciela/Chela Rosario/Chayo Eduardo/Lalo Alfonso/Poncho
        Dolores/Lola Mercedes/Meche Consuelo/Chelo Ernesto/Neto Humberto/Beto Rigoberto/Rigo Adalberto
        Maria_Fernanda/Mafer Juan_Carlos/Juanca Luz_Elena Jose_Luis/Pepe Ana_Paola Efrain Octavio/Tavo
        Araceli/Celi Socorro/Coco Rodolfo/Fito Marcelino""",
        """Villarreal Quintanilla Benavides Zepeda Ybarra Tijerina Olivares Pacheco Saldana Trevino Cantu
        Escamilla Barrera Luna Lujan Ochoa Orozco Bravo Rangel Arredondo Covarrubias de_la_Fuente del_Valle
        Montemayor Elizondo Garibay Fuentes Puentes Cardenas Cadenas""",
    ),
    "asian": (
        """Thi_Hoa Van_Duc Minh_Chau Quoc_Bao Xiu_Ying Jian_Guo Wei_Ling/Winnie Mei_Hua Zhi_Peng/Peter
        Soo_Jin Dong_Hyun Eun_Hee Kwang_Su Hiroshi Sachiko Noboru Ban Tuyet Khanh Trinh Dao Long/Lonnie""",
        """Ngo Truong Duong Lam Luu Phan Vuong Mai Zhou Xu Sun Ma Zhu Hu Guo He Lin Luo Bae Shin Seo Han
        Yoo Mori Hayashi Ishikawa Cao Dang""",
    ),
    "south": (
        """Balasubramanian/Bala Chandrasekhar/Chandu Meenakshi/Meena Ramakrishnan/Ram Padmavathi/Padma
        Thirumurugan Saraswathi Jaswinder/Jas Parminder Nasreen Waqar Shabnam Imtiaz Rukhsana""",
        """Subramaniam Gopalakrishnan Ranganathan Deshpande Kulkarni Bhattacharya Mukherjee Chowdhury
        Choudhary Malhotra Bajwa Sidhu Sodhi Mirza Baig Rehman""",
    ),
    "african": (
        """Abimbola/Abi Ifeanyi Nkechi Uchenna Tendai Makena Wanjiru Kofi Akosua Yaw Fatoumata/Fatou
        Mamadou Aminata/Ami Selam Tesfaye Hirut Dawit/David""",
        """Okafor-Bright Mensah Asante Owusu Boateng Diallo Traore Ndiaye Kamau Otieno Mwangi Tadesse
        Gebremariam Haile Nkrumah Onyekachi""",
    ),
}
SHARES = {"plain": 50, "latino": 22, "asian": 12, "south": 9, "african": 7}
ROOTS = "Bram Cleb Dolf Ehr Fenn Gott Hoch Imm Kreb Lutz Mohn Nied Ober Pfan Rahn Schw Trau Ulm Wied Zell"
ENDS = "auer bach eck eld enz ert ing mann ner olt ow sch ser tke ung wick"
HEADS = """
Flint-Hills Smoky-Valley Sandhills Cottonwood Bluestem Chisholm Platte-River Dakota Pawnee Overland
Sunflower Cimarron Tallgrass Meadowlark Homestead Wheatland Plainsman Black-Hills Elkhorn Republican-Valley
Kaw Osage-Nation Prairie-View Heartland Cornerstone Ozark Mid-Plains Tri-State Great-Bend St-Isidore
"""
LINES = {
    "Beef Packers": "Beef", "Community Hospital": "Comm Hosp", "Grain Cooperative": "Grain Coop",
    "Wind Energy": "Wind", "Unified School District": "USD", "Implement Dealers": "Implement",
    "Nursing & Rehabilitation Center": "Nsg & Rehab Ctr", "Ethanol Partners": "Ethanol Ptnrs",
    "Feedyards": "Feedyards", "Rural Electric Association": "REA", "Insurance Agency": "Ins Agcy",
    "Trucking": "Trkg", "Biosciences": "Bio", "Savings & Loan": "S&L", "Tribal Clinic": "Clinic",
    "Aviation Services": "Avn Svcs", "Correctional Facility": "Corr Fac", "Hog Farms": "Hogs",
    "Turbine Repair": "Turbine Rpr", "State University": "State Univ", "County Treasurer": "Co Treas",
}  # fmt: skip
LEGAL = (" Inc.", ", L.L.C.", " Corporation", ", LP", " Co-op", "", "", "")
TITLES = {
    "Licensed Vocational Nurse": ("LVN",), "Respiratory Therapist": ("RRT", "Resp Ther"),
    "Combine Operator": ("Combine Op",), "Boning Line Trimmer": ("Trimmer", "Boning Trim"),
    "Wind Turbine Technician": ("Wind Tech", "WTT"), "Payroll Clerk": ("Payroll Clk", "PR Clerk"),
    "Senior Payroll Clerk": ("Sr Payroll Clk",), "Special Education Teacher": ("SPED Tchr", "SpEd"),
    "Bus Driver": ("Bus Drvr",), "Food Safety Auditor": ("Food Sfty Aud", "FSA"),
    "Industrial Hygienist": ("Ind Hyg", "IH"), "Grain Inspector": ("Grain Insp",),
    "Correctional Nurse RN": ("Corr RN", "RN"), "Dietary Cook": ("Diet Cook", "Cook"),
    "Sanitation Lead": ("Sanit Ld", "San Lead"), "Millwright": ("Millwright", "MW"),
    "SCADA Engineer": ("SCADA Eng",), "Agronomist": ("Agron",), "Loan Officer": ("LO", "Loan Off"),
    "Database Developer II": ("DB Dev II",), "Database Developer III": ("DB Dev III",),
    "Truck Dispatcher": ("Dispatch", "Trk Disp"), "Welder - Structural": ("Struct Welder", "Welder"),
    "Claims Adjuster": ("Claims Adj", "Adj"), "Night Auditor": ("Nt Audit", "Night Aud"),
}  # fmt: skip
SITES = (
    "Plant 1",
    "Plant 2",
    "Dock A",
    "Salina",
    "Hays Clinic",
    "Admin Bldg",
    "East Elevator",
    "2nd Flr",
)
DEPARTMENTS = ("Maintenance", "Clinical", "Office", "Harvest 25", "Corporate", "Field")
REMARKS = (
    "W-2",
    "1099",
    "(remote)",
    "nights",
    "T2P",
    "conv",
    "2nd assignment",
    "ext 2",
    "%",
    "ok2bill",
)
