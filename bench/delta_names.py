"""Names, firms and titles of the fifth family of data sets, the most frequent names first."""

from __future__ import annotations

# culture: share in a hundred; given names (formal/what others write), family names
PEOPLE = {
    "south": (
        44,
        """James/Jim William/Bill John/Jack Robert/Bob Michael/Mike Charles/Chuck Thomas/Tom David
        Joseph/Joe Christopher/Chris Mary Patricia/Pat Jennifer/Jen Elizabeth/Beth Linda Barbara/Barb
        Susan/Sue Jessica/Jess Sarah/Sara Margaret/Peggy Daniel/Dan Matthew/Matt Anthony/Tony Kenneth/Ken
        Steven/Stephen Jon Jan Jane Ann/Anne Anna Timothy/Tim Ronald/Ron Edward/Ed Jeffrey/Jeff Marcus/Marc
        Deborah/Debbie Rebecca/Becky Kimberly/Kim Cynthia/Cindy Katherine/Kathy Christine/Chris Carol Carolyn
        Gregory/Greg Samuel/Sam Samantha/Sam Benjamin/Ben Nathaniel/Nate Leonard/Len Wesley/Wes Travis Dustin
        Brandi Crystal Tiffany/Tiff Misty Savannah Hunter Tanner Cody Clay Beau Ricky Randall/Randy Terry
        Gerald/Jerry Julie Julia Joan Jean Diana Diane Eric Erica Paul Paula Carl Carla""",
        """Smith Jones Johnson Williams Brown Davis Wilson Taylor Moore Thomas Jackson White Harris Martin
        Thompson Robinson Lewis Walker Young Allen Hall King Wright Scott Green Adams Baker Nelson Carter
        Mitchell Parker Evans Collins Stewart Morris Rogers Cook Reed Bell Murphy Bailey Cooper Cox Ward
        Sanders Price Bennett Wood Ross Barnes Powell Long Perry Russell Sullivan Jenkins McDonald McNeil
        McAllister O'Neal O'Quinn St.Amant Ladner Necaise Favre Moran Dedeaux Cuevas""",
    ),
    "black": (
        17,
        """DeShawn/Shawn Darnell Jamal LaTasha/Tasha Keisha Ebony Tyrone/Ty Jermaine Monique Precious Andre
        Reginald/Reggie Cedric Shanice Imani Tamika/Mika Marquis Terrance/Terry Denise Gwendolyn/Gwen
        Ernestine Willie Jasmine Kendrick Dominique Roderick/Rod LaKeisha Demetrius Octavia Clarence""",
        """Washington Jefferson Williams Johnson Jackson Harris Robinson Banks Booker Broussard Batiste
        Baptiste Honore Gaines Hampton Charles Joseph Pierre Ceasar Dorsey Mosley Magee Thibodeaux Francois
        Antoine Alexis Lazard Narcisse Sims Simms Tate""",
    ),
    "cajun": (
        11,
        """Jean-Paul Pierre Étienne René/Rene Claude Marcel Antoine Émile Théo Remy Odile Cécile Geneviève/Gen
        Noémie Clothilde Solange Renée Yvette Marie-Claire Beauregard/Beau Thaddeus/Thad Alcide Ovide
        Anatole Camille""",
        """Boudreaux Thibodeaux Hébert LeBlanc Landry Guidry Broussard Fontenot Arceneaux Robichaux
        Richard Trahan Comeaux Melançon Theriot Bergeron Breaux Mouton Dugas Gautreaux DeVille Begnaud
        D'Aigle LaFleur LeJeune Boudreau Hebert-Roy""",
    ),
    "latin": (
        13,
        """José/Joe Juan Luis Carlos Jesús/Chuy Francisco/Paco María Guadalupe/Lupe Rosa Carmen Alejandro/Alex
        Alejandra/Alex Enrique/Kike Manuel/Manny Gabriela/Gaby Verónica/Vero Héctor Andrés Ángel Raúl
        Wilmer Darwin Yolanda/Yoli Leticia/Letty Mirna Xiomara Óscar Santos Reina Concepción/Concha""",
        """Hernández García Martínez López Rodríguez González Pérez Sánchez Ramírez Flores Zelaya Mejía
        Castellanos Pineda Rivas Peña Núñez Ibáñez Zúñiga Lara Lobo Maradiaga Velásquez Cáceres Funes
        de_la_Cruz De_León Del_Cid Banegas Muñoz""",
    ),
    "viet": (
        5,
        """Van_Anh/Anh Minh Hung/Henry Tuan/Tony Duc Thi_Lan/Lan Thi_Hoa/Hoa Linh/Lynn Mai Huong Ngoc Phuong
        Quang Thanh Bao Kim My_Linh/Linh Trang Khanh""",
        "Nguyen Tran Le Pham Huynh Phan Vu Vo Dang Bui Do Ho",
    ),
    "india": (
        5,
        """Venkatesh/Venkat Srinivas/Srini Priya Lakshmi/Laxmi Sanjay Anil Anita Sunil Sunita Rajesh/Raj
        Karthik/Kartik Harpreet/Harry Manpreet Deepa Deepak Suresh Geetha/Gita Divya Abhishek/Abhi""",
        """Patel Reddy Rao Iyer Nair Singh Kaur Sharma Gupta Krishnan Raghavan Menon Chowdhury
        Venkataraman Balakrishnan""",
    ),
    "manila": (
        3,
        """Maria_Cristina/Cristy Mary_Grace/Grace Jose_Mari/Joey Mark_Anthony/Mark Rowena/Weng Arnel
        Marites/Tess Jocelyn/Joy Rommel Analyn Divina Efren""",
        "Santos Reyes Bautista Dela_Cruz De_Guzman Villanueva Aquino Macaraeg Del_Rosario Pascual",
    ),
    "levant": (
        2,
        """Mohammed/Muhammad Ahmed/Ahmad Yusuf/Youssef Fatima/Fatma Layla/Leila Omar Khalil Nadia
        Ibrahim/Abe Samir/Sam Hussein/Hussain""",
        "Haddad Khoury Saad Al-Masri El-Amin Hassan Nasser Mansour Abdallah Saleh",
    ),
}
# families that are rare: made of these
HEADS = "Arden Bark Cal Dun Ever Fal Gar Hol Ing Jess Kirk Lan Mar Nor Oak Pel Quin Rad Sher Tol Up Wav Yarb"
TAILS = "bury combe dale en field gate ham ingham kins ley man more ner over rick sby son ton wick worth"
MIDDLES = (
    "Ann Lee Marie Ray Lynn Wayne Renee Dale Paul Jo Allen Rose Glenn Faye Dean Nicole Earl Claire"
)

# first words, what follows it (whole: as bookkeepers shorten it), titles (whole: short), departments
TRADES = {
    "care": (
        """Bayou Gulf Oschner-Hill Lady-of-the-Lake Pelican Magnolia St.-Landry St.-Martha's Crescent
        Cypress Evangeline Terrebonne Lakeshore Singing-River Gentilly Heron""",
        {
            "Medical Center": "Med Ctr", "General Hospital": "Gen Hosp", "Health System": "Hlth Sys",
            "Regional Medical Center": "RMC", "Nursing & Rehabilitation": "Nsg & Rehab",
            "Home Health Services": "HH Svcs", "Children's Clinic": "Childrens Clinic",
        },
        {
            "Registered Nurse": "RN", "Licensed Practical Nurse": "LPN", "Charge Nurse": "Chg RN",
            "Certified Nursing Assistant": "CNA", "Respiratory Therapist": "RT",
            "Surgical Technologist": "Surg Tech", "Senior Physical Therapist": "Sr PT",
            "Medical Coder": "Coder", "Phlebotomist": "Phleb",
        },
        "ICU|Emergency|Med Surg|Telemetry|Surgery|Lab|Home Care|NICU",
    ),
    "yard": (
        """Atchafalaya Delta Tidewater Gulfstream Iron-Heron Port-Fourchon Harvey-Canal Bollinger-Point
        Sabine Calcasieu Red-River Marsh-Island Tri-Parish Anchor Southern-Pine Big-Muddy""",
        {
            "Shipbuilding": "Shipbldg", "Refining": "Ref", "Offshore Services": "Offshore",
            "Marine Fabrication": "Marine Fab", "Chemical Company": "Chem Co", "Logistics": "Log",
            "Port Terminals": "Terminals", "Seafood Processors": "Seafood",
        },
        {
            "Pipe Welder": "Welder", "Senior Project Manager": "Sr PM", "Rigger": "Rigger",
            "Crane Operator": "Crane Op", "Instrument Technician": "I&E Tech", "Deckhand": "Deck",
            "Warehouse Associate": "Whse", "Safety Coordinator": "Safety", "Junior Estimator": "Jr Est",
        },
        "Dock 1|Dock 2|Turnaround|Maintenance|Night Shift|Yard|Paint|Safety",
    ),
    "desk": (
        """Canal-Street Poydras Vieux-Carre Carondelet Lagniappe Fleur-de-Lis Garden-District Audubon
        Pontchartrain First-Parish Creole Live-Oak Riverbend Beauregard Acadian Capitol""",
        {
            "Insurance Group": "Ins Grp", "Law Firm": "Law", "Credit Union": "CU", "Bank & Trust": "B&T",
            "Casino Resort": "Casino", "School Board": "Sch Bd", "Engineering Consultants": "Eng",
            "Data Solutions": "Data Soln",
        },
        {
            "Senior Accountant": "Sr Acct", "Administrative Assistant": "Admin Asst",
            "Accounts Payable Clerk": "AP Clerk", "Paralegal": "Para", "Claims Adjuster": "Adj",
            "Java Developer": "Java Dev", "Senior Java Developer": "Sr Java Dev",
            "Business Analyst": "BA", "Receptionist": "Recept", "Junior Analyst": "Jr Analyst",
        },
        "Accounting|Claims|Legal|IT|Human Resources|Operations|Front Office|Projects",
    ),
}  # fmt: skip
TOWNS = """
Houma Lafayette Slidell Biloxi Gulfport Hammond Opelousas Natchez Laplace Mandeville Kenner Thibodaux Mobile
Covington Metairie Gonzales
"""
LEGAL = (" Inc", ", Inc.", " LLC", ", LLC", " Corp", " Co.", " LP", "", "", "", "", "")
REMARKS = (
    "W2",
    "1099",
    "TEMP",
    "- PO 44871",
    "(NEW)",
    "*",
    "2025",
    "- Net 30",
    "rehire",
    "- nights",
)
HOUSEHOLDS = ("Residence", "Roofing", "Crawfish Farm", "Dental", "Family Trust", "Auto Body")
CHORES = ("Roof", "Annual audit", "Kitchen", "Dock repair", "Catering", "Tax return 2024", "Fence")
# another person's name that looks like the first
ALIKE = {
    "Jon": "John", "John": "Jon", "Jan": "Jane", "Jane": "Jan", "Ann": "Anna", "Anna": "Ann",
    "Carol": "Carolyn", "Carolyn": "Carol", "Julie": "Julia", "Julia": "Julie", "Joan": "Jean",
    "Jean": "Joan", "Diana": "Diane", "Diane": "Diana", "Eric": "Erica", "Erica": "Eric",
    "Paul": "Paula", "Paula": "Paul", "Carl": "Carla", "Carla": "Carl", "Anil": "Anita",
    "Anita": "Anil", "Sunil": "Sunita", "Sunita": "Sunil", "Deepa": "Deepak", "Deepak": "Deepa",
    "Samuel": "Samantha", "Samantha": "Samuel", "Alejandro": "Alejandra", "Alejandra": "Alejandro",
    "Renée": "René", "René": "Renée", "Linh": "Lan", "Harpreet": "Manpreet", "Manpreet": "Harpreet",
}  # fmt: skip
